import { execFileSync } from 'node:child_process';
import { mkdtemp, open, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder on a file system of its own, that is soon full. */
export interface SmallDisk extends AsyncDisposable {
  readonly dir: string;
  /** Takes what is left of it. */
  fill(): Promise<void>;
  /** Gives that back. */
  free(): Promise<void>;
}

/**
 * A file system in memory, mounted.
 *
 * @throws Error where this process may not mount: it needs root, and in a container the right to (CAP_SYS_ADMIN)
 */
export async function openSmallDisk(sizeBytes: number): Promise<SmallDisk> {
  const dir = await mkdtemp(join(tmpdir(), 'esteira-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes},mode=777`, 'tmpfs', dir], { stdio: ['ignore', 2, 2] });
  const ballast = join(dir, 'ballast');
  return {
    dir,
    async fill() {
      const file = await open(ballast, 'a');
      try {
        for (let chunkBytes = 1_048_576; chunkBytes >= 4_096; chunkBytes /= 2) {
          while ((await statfs(dir)).bavail * 4_096 >= chunkBytes) await file.write(Buffer.alloc(chunkBytes, 1));
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        await file.close();
      }
    },
    free: () => rm(ballast),
    async [Symbol.asyncDispose]() {
      execFileSync('umount', ['--lazy', dir]);
      await rm(dir, { recursive: true });
    },
  };
}
