import { randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import {
  access,
  chmod,
  constants,
  copyFile,
  link,
  mkdir,
  open,
  opendir,
  readdir,
  rename,
  rm,
  stat,
  utimes,
} from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { checkedHash, isHash } from '../../object-name.ts';
import type { ByteRange, ObjectStore } from '../../object-store.ts';
import { isRange, isSystemError, notSatisfiable, objectNotFound, writeError } from '../../storage-errors.ts';

/** Copies on their way in, from another file system. */
const incomingFolder = '.incoming';
/** Objects taken aside while collection looks at their age once more: `<sha256>.<uuid>`. */
const asideFolder = '.aside';
/** Another process may be writing a younger one. */
const abandonedAfterMs = 3_600_000;
/** About 2 MB of memory. */
const maxLasting = 10_000;

/**
 * Objects as read-only files under `dir/ab/cd/abcd…`, shared by any number of processes of one machine.
 *
 * A file appears under its name in one rename, after its bytes are on the disk: whoever sees it sees it whole.
 *
 * @param options.dir made when missing; no one else may write to it
 * @throws AppError STORAGE_FULL
 */
export async function openLocalObjectStore(options: { readonly dir: string }): Promise<ObjectStore> {
  const store = new LocalObjectStore(options.dir);
  try {
    await store.tidy();
  } catch (error) {
    throw writeError(error);
  }
  return store;
}

class LocalObjectStore implements ObjectStore {
  readonly capabilities = { localPath: true, presignedUrl: false };
  readonly #dir: string;
  /** Files that were there when their folders were synced: as long as it is the same file, that need not be repeated. */
  readonly #lasting = new Map<string, string>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Makes the working folders and clears what a killed process left in them. */
  async tidy(): Promise<void> {
    const [incoming, aside] = [join(this.#dir, incomingFolder), join(this.#dir, asideFolder)];
    await mkdir(incoming, { recursive: true });
    await mkdir(aside, { recursive: true });
    for (const name of await readdir(incoming)) {
      const path = join(incoming, name);
      const stats = await unlessMissing(stat(path));
      if (stats !== undefined && Date.now() - stats.mtimeMs > abandonedAfterMs) await rm(path, { force: true });
    }
    for (const name of await readdir(aside)) await this.#putBack(name);
  }

  async putFile(sha256: string, path: string): Promise<void> {
    const home = this.#homeOf(sha256);
    try {
      const { size } = await stat(path);
      const there = await refreshed(home, size);
      if (there === undefined) await this.#moveIn(path, home);
      else await rm(path);
      if (there !== undefined && this.#lasting.get(sha256) === identityOf(there)) return;
      // Also for an object that was there: the process that wrote it may not have come this far yet.
      await Promise.all([join(home, '..'), join(home, '../..'), this.#dir].map(syncFolder));
      if (there !== undefined) this.#remember(sha256, identityOf(there));
    } catch (error) {
      throw writeError(error);
    }
  }

  async sizeOf(sha256: string): Promise<number | undefined> {
    const stats = await this.#reach(sha256, (path) => stat(path));
    return stats?.size;
  }

  async read(sha256: string, range?: ByteRange): Promise<Readable> {
    const file = await this.#reach(sha256, (path) => open(path));
    if (file === undefined) throw objectNotFound(sha256);
    if (range === undefined) return file.createReadStream();
    try {
      await checkRange(file, range);
    } catch (error) {
      await file.close();
      throw error;
    }
    return file.createReadStream({ start: range.start, end: range.end });
  }

  async checkout(sha256: string): Promise<{ path: string; release(): Promise<void> }> {
    const found = await this.#reach(sha256, async (path) => {
      await access(path, constants.R_OK);
      return true;
    });
    if (found === undefined) throw objectNotFound(sha256);
    return { path: this.#homeOf(sha256), release: async () => {} };
  }

  /**
   * Takes the object aside before it looks at its age for the last time: a put that comes earlier is seen, and
   * one that comes later finds nothing and writes again. Looking and then unlinking could remove a fresh object.
   */
  async deleteIfOlder(sha256: string, olderThanMs: number): Promise<boolean> {
    const home = this.#homeOf(sha256);
    const aside = `${sha256}.${randomUUID()}`;
    const asidePath = join(this.#dir, asideFolder, aside);
    const isOlder = async (path: string) => Date.now() - (await stat(path)).mtimeMs > olderThanMs;
    try {
      if (!(await isOlder(home))) return false;
      await rename(home, asidePath);
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) return true;
      throw error;
    }
    const old = await unlessMissing(isOlder(asidePath));
    if (old === true) await rm(asidePath, { force: true });
    else await this.#putBack(aside);
    return old === true;
  }

  async *list(): AsyncGenerator<{ sha256: string; sizeBytes: number; modifiedAtMs: number }> {
    for (const first of await readdir(this.#dir)) {
      if (!/^[0-9a-f]{2}$/.test(first)) continue;
      for (const second of await readdir(join(this.#dir, first))) {
        for await (const { name } of await opendir(join(this.#dir, first, second))) {
          if (!isHash(name)) continue;
          const stats = await unlessMissing(stat(this.#homeOf(name)));
          if (stats !== undefined) yield { sha256: name, sizeBytes: stats.size, modifiedAtMs: stats.mtimeMs };
        }
      }
    }
  }

  async close(): Promise<void> {}

  #remember(sha256: string, identity: string): void {
    const [oldest] = this.#lasting.keys();
    if (this.#lasting.size >= maxLasting && oldest !== undefined) this.#lasting.delete(oldest);
    this.#lasting.set(sha256, identity);
  }

  async #moveIn(path: string, home: string): Promise<void> {
    await mkdir(join(home, '..'), { recursive: true });
    try {
      await settle(path);
      await rename(path, home);
    } catch (error) {
      if (!isSystemError(error, 'EXDEV')) throw error;
      const copy = join(this.#dir, incomingFolder, randomUUID());
      try {
        await copyFile(path, copy);
        await settle(copy);
        await rename(copy, home);
      } finally {
        await rm(copy, { force: true });
      }
      await rm(path);
    }
  }

  /** Linked, not renamed: the object must never be in neither place, nor replace a newer one. */
  async #putBack(name: string): Promise<void> {
    const path = join(this.#dir, asideFolder, name);
    try {
      await link(path, this.#homeOf(name.slice(0, 64)));
    } catch (error) {
      if (!isSystemError(error, 'EEXIST', 'ENOENT')) throw error;
    }
    await rm(path, { force: true });
  }

  /** At home, or else aside; then home again, for what is no longer aside may have been put back. */
  async #reach<T>(sha256: string, use: (path: string) => Promise<T>): Promise<T | undefined> {
    const home = this.#homeOf(sha256);
    const found = await unlessMissing(use(home));
    if (found !== undefined) return found;
    for (const name of await readdir(join(this.#dir, asideFolder))) {
      if (!name.startsWith(sha256)) continue;
      const aside = await unlessMissing(use(join(this.#dir, asideFolder, name)));
      if (aside !== undefined) return aside;
    }
    return await unlessMissing(use(home));
  }

  #homeOf(sha256: string): string {
    return join(this.#dir, checkedHash(sha256).slice(0, 2), sha256.slice(2, 4), sha256);
  }
}

/**
 * Starts the age of an existing object again; undefined when there is none, or a damaged one, and it must be written.
 * The look comes after the touch: if the object is there then, collection will see the touch.
 */
async function refreshed(home: string, sizeBytes: number): Promise<Stats | undefined> {
  const now = new Date();
  const stats = await unlessMissing(utimes(home, now, now).then(() => stat(home)));
  return stats?.size === sizeBytes ? stats : undefined;
}

/** Another one for a file that was removed and written again, even where the system gives its number twice. */
function identityOf({ dev, ino, birthtimeMs }: Stats): string {
  return `${dev} ${ino} ${birthtimeMs}`;
}

/** Read-only, with its age starting now, and on the disk. */
async function settle(path: string): Promise<void> {
  const now = new Date();
  await chmod(path, 0o444);
  await utimes(path, now, now);
  const file = await open(path);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function checkRange(file: FileHandle, range: ByteRange): Promise<void> {
  const { size } = await file.stat();
  if (!isRange(range) || range.start >= size) throw notSatisfiable(range, size);
}

async function unlessMissing<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw error;
  }
}
