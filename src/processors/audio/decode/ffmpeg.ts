import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

const maxMemoryKib = 1_048_576;
const maxComplaintChars = 4_000;

export interface FfmpegRun {
  readonly output: Readable;
  /** When it is gone. @throws Error when it could not be started */
  readonly ended: Promise<Ended>;
  kill(): void;
}

interface Ended {
  readonly exitCode: number | null;
  /** The beginning of what it said, for the log alone: there are paths in it. */
  readonly said: string;
}

export interface FfmpegInput {
  /** Absolute. */
  readonly program: string;
  readonly path: string;
  readonly demuxer: string;
  readonly cpuSeconds: number;
  readonly signal: AbortSignal;
}

/**
 * Starts ffmpeg on one local file, with one demuxer: what is in the file chooses neither another nor an address. It is
 * killed when `signal` aborts; should this process be killed itself, it ends at its limit of processor time, or before,
 * when nobody reads what it writes.
 *
 * @param level of what it says
 * @param output arguments behind the input
 */
export function startFfmpeg(input: FfmpegInput, level: 'error' | 'info', output: readonly string[]): FfmpegRun {
  const args = [
    ...['-nostdin', '-hide_banner', '-nostats', '-v', level, '-threads', '1', '-protocol_whitelist', 'file,pipe'],
    ...['-f', input.demuxer, '-i', `file:${input.path}`, ...output],
  ];
  const limited = ['-c', withLimits, 'sh', String(Math.ceil(input.cpuSeconds)), input.program, ...args];
  const [program, argv] = isWindows ? [input.program, args] : ['/bin/sh', limited];
  const child = spawn(program, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = () => void child.kill('SIGKILL');
  input.signal.addEventListener('abort', kill, { once: true });
  if (input.signal.aborted) kill();
  const ended = endOf(child).finally(() => input.signal.removeEventListener('abort', kill));
  ended.catch(() => {});
  return { output: child.stdout, ended, kill };
}

async function endOf(child: ChildProcessByStdio<null, Readable, Readable>): Promise<Ended> {
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once('close', resolve);
    child.once('error', reject);
  });
  const [exitCode, said] = await Promise.all([exit, firstText(child.stderr)]);
  if (exitCode === 126 || exitCode === 127) throw new Error(`ffmpeg cannot be started: ${said}`);
  return { exitCode, said };
}

const isWindows = process.platform === 'win32';
/** Memory cannot be limited so on every system. */
const withLimits = `ulimit -c 0; ulimit -t "$1"; ulimit -v ${maxMemoryKib} 2>/dev/null; shift; exec "$@"`;

/** All is read, or the program would wait; the beginning is kept. */
async function firstText(stream: Readable): Promise<string> {
  let kept = '';
  stream.setEncoding('utf8');
  for await (const part of stream) if (kept.length < maxComplaintChars) kept += part;
  return kept.slice(0, maxComplaintChars);
}
