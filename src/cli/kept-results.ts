import { randomUUID } from 'node:crypto';
import { copyFile, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '#kernel/folders.ts';
import { mebibyte } from '#kernel/units.ts';
import type { KeptResults } from '#sandbox/needs.ts';
import { hashFile } from './hash-file.ts';

/** A mask is some tens of kilobytes: this holds thousands of photographs. */
const maxBytes = 256 * mebibyte;

interface Note {
  readonly sha256: string;
  readonly mediaType: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/**
 * Results that jobs start from, in a folder: for commands that run without a server. What was cut off or changed is
 * not found; what was unused for longest makes room.
 */
export async function keptResults(dir: string): Promise<KeptResults> {
  await makeFolder(dir);
  await makeRoom(dir);
  return {
    scope: dir,
    async find(key) {
      const path = join(dir, key);
      try {
        const { sha256, mediaType, data } = JSON.parse(await readFile(`${path}.json`, 'utf8')) as Note;
        if ((await hashFile(path)) !== sha256) return undefined;
        const now = new Date();
        await utimes(path, now, now);
        return { path, mediaType, ...(data !== undefined && { data }), release: async () => {} };
      } catch {
        return undefined;
      }
    },
    async keep(key, { mediaType, data }, from) {
      const path = join(dir, key);
      const temporary = join(dir, `.${key}.${randomUUID()}`);
      try {
        await copyFile(from, temporary);
        const note: Note = {
          sha256: await hashFile(temporary),
          mediaType,
          ...(data !== undefined && { data }),
        };
        await rename(temporary, path);
        await writeFile(temporary, JSON.stringify(note));
        await rename(temporary, `${path}.json`);
      } finally {
        await rm(temporary, { force: true });
      }
    },
  };
}

async function makeRoom(dir: string): Promise<void> {
  const names = (await readdir(dir)).filter((name) => !name.endsWith('.json'));
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(dir, name);
      const stats = await stat(path).catch(() => undefined);
      return { path, sizeBytes: stats?.size ?? 0, usedMs: stats?.mtimeMs ?? 0 };
    }),
  );
  let kept = 0;
  for (const { path, sizeBytes } of files.sort((a, b) => b.usedMs - a.usedMs)) {
    kept += sizeBytes;
    if (kept <= maxBytes) continue;
    await rm(path, { force: true });
    await rm(`${path}.json`, { force: true });
  }
}
