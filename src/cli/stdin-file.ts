import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '#kernel/errors.ts';
import { formatBytes } from '#kernel/units.ts';
import { UsageError } from './command.ts';

/** Disposing it removes the file. */
export interface StdinFile extends AsyncDisposable {
  readonly path: string;
}

/**
 * Standard input as a file, because processors read files.
 *
 * @throws AppError UPLOAD_TOO_LARGE; UsageError on a terminal, where nobody types a picture
 */
export async function readStdin(maxBytes: number, signal: AbortSignal): Promise<StdinFile> {
  if (process.stdin.isTTY)
    throw new UsageError('- reads a picture from standard input: cutout - < photo.jpg > cut.png');
  const folder = await mkdtemp(join(tmpdir(), 'esteira-stdin-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const path = join(folder, 'stdin');
  let received = 0;
  try {
    await pipeline(
      process.stdin,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          received += chunk.length;
          if (received > maxBytes) throw tooLarge(maxBytes);
          yield chunk;
        }
      },
      createWriteStream(path),
      { signal },
    );
    return { path, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

function tooLarge(maxBytes: number): AppError {
  return new AppError(
    'UPLOAD_TOO_LARGE',
    `Standard input is larger than ${formatBytes(maxBytes)}. Give the file by name.`,
  );
}
