import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Says of two answers whether they are the same file. */
export interface Validator {
  /** Strong. */
  readonly etag?: string;
  readonly lastModified?: string;
}

/**
 * A file on its way into the models folder, and its hash so far. It outlives the process: what was received stays
 * under a name made of its URL, with the validator that allows to go on from there.
 */
export class PartialFile implements AsyncDisposable {
  readonly path: string;
  readonly #notePath: string;
  readonly #url: string;
  readonly #file: FileHandle;
  #hash: Hash = createHash('sha256');
  #sizeBytes = 0;
  validator: Validator = {};

  private constructor(path: string, url: string, file: FileHandle) {
    this.path = path;
    this.#notePath = `${path}.json`;
    this.#url = url;
    this.#file = file;
  }

  /** What an earlier attempt left is read again: the disk is believed no more than the network. */
  static async open(modelsDir: string, url: string): Promise<PartialFile> {
    const key = createHash('sha256').update(url).digest('hex').slice(0, 16);
    const path = join(modelsDir, `.${key}.part`);
    const file = await open(path, 'a+', 0o600);
    const partial = new PartialFile(path, url, file);
    const note = await readNote(partial.#notePath);
    if (note === undefined || note.url !== url) {
      await partial.restart({});
      return partial;
    }
    await pipeline(createReadStream(path), partial.#hash, { end: false });
    partial.#sizeBytes = (await file.stat()).size;
    partial.validator = note.validator;
    return partial;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Forgets what is there. */
  async restart(validator: Validator): Promise<void> {
    await rm(this.#notePath, { force: true });
    await this.#file.truncate(0);
    this.#hash = createHash('sha256');
    this.#sizeBytes = 0;
    this.validator = validator;
    if (validator.etag === undefined && validator.lastModified === undefined) return;
    // In place before the first byte is, or the bytes would belong to nothing.
    const temporary = `${this.#notePath}.new`;
    await writeFile(temporary, JSON.stringify({ url: this.#url, validator }), { mode: 0o600 });
    await rename(temporary, this.#notePath);
  }

  async append(chunk: Uint8Array): Promise<void> {
    let rest = chunk;
    while (rest.length > 0) {
      const { bytesWritten } = await this.#file.write(rest);
      this.#hash.update(rest.subarray(0, bytesWritten));
      this.#sizeBytes += bytesWritten;
      rest = rest.subarray(bytesWritten);
    }
  }

  sha256(): string {
    return this.#hash.copy().digest('hex');
  }

  /** Moves the file to its place, on the disk before it is there. */
  async moveTo(path: string): Promise<void> {
    await this.#file.sync();
    await rename(this.path, path);
    await rm(this.#notePath, { force: true });
  }

  async discard(): Promise<void> {
    await rm(this.#notePath, { force: true });
    await rm(this.path, { force: true });
  }

  /** What has no validator cannot be gone on with, and is not kept. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
    if ((await readNote(this.#notePath)) === undefined) await this.discard();
  }
}

async function readNote(path: string): Promise<{ url: string; validator: Validator } | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}
