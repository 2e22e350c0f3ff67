import { renameSync, statSync } from 'node:fs';
import { type Logger, pino } from 'pino';
import { mebibyte } from '#kernel/units.ts';

export interface LoggerOptions {
  readonly level: string;
  /** Absolute. Standard error when there is none: standard output belongs to what a command prints. */
  readonly file?: string | undefined;
  /** Of the log file; at twice this size the older half is dropped. */
  readonly maxFileBytes?: number;
}

/** Lines that may wait in memory for a slow disk; more are dropped. */
const bufferBytes = 8 * mebibyte;

/** Keys under which somebody might log a secret one day. */
const redact = {
  paths: ['authorization', 'cookie', 'password', 'secret', 'token', 'apiKey', 'url'].flatMap((name) => [
    name,
    `*.${name}`,
  ]),
  censor: '(hidden)',
};

/** JSON lines, times in ISO 8601. */
export function createLogger({ level, file, maxFileBytes = 50 * mebibyte }: LoggerOptions): Logger {
  const options = { level, redact, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return pino(options, file === undefined ? pino.destination({ dest: 2 }) : boundedFile(file, maxFileBytes));
}

/** The file and one predecessor, `<file>.1`. */
function boundedFile(path: string, maxBytes: number) {
  const destination = pino.destination({ dest: path, mkdir: true, sync: false, maxLength: bufferBytes });
  let sizeBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  destination.on('write', (bytes: number) => {
    sizeBytes += bytes;
    if (sizeBytes < maxBytes) return;
    sizeBytes = 0;
    renameSync(path, `${path}.1`);
    destination.reopen();
  });
  // A full disk must not take the server with it; what could not be written is lost.
  destination.on('error', () => {});
  return destination;
}
