import type { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { ObjectStore } from '#storage/object-store.ts';

export interface ZipEntry {
  /** Safe to unpack, and one of its kind. */
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly madeAt: Date;
}

/**
 * A ZIP that is made while it is read: one object is open at a time, and read as fast as the archive is taken. Pictures
 * are compressed already and only stored, so that the length is known before the first byte.
 *
 * Whoever does not read to the end destroys the stream, which closes the object that is open. It breaks off with an
 * error when an object is gone or is not as long as it should be.
 */
export function zipStream(
  store: ObjectStore,
  entries: readonly ZipEntry[],
): { readonly bytes: Readable; readonly sizeBytes: number } {
  const zip = new ZipFile();
  const bytes = zip.outputStream as Readable;
  let open: Readable | undefined;
  const breakOff = (error: unknown): void =>
    void bytes.destroy(error instanceof Error ? error : new Error(String(error)));

  async function read(sha256: string): Promise<Readable | undefined> {
    const object = await store.read(sha256);
    object.on('error', breakOff);
    open = object;
    if (!bytes.destroyed) return object;
    object.destroy();
    return undefined;
  }

  zip.on('error', breakOff);
  bytes.once('close', () => open?.destroy());
  for (const { path, sha256, sizeBytes, madeAt } of entries) {
    zip.addReadStreamLazy(path, { size: sizeBytes, mtime: madeAt, mode: 0o100644, compress: false }, (give) => {
      read(sha256).then((object) => object && give(null, object), breakOff);
    });
  }
  let sizeBytes = 0;
  // Called at once, as all lengths are known; the package's types forget what it is called with.
  zip.end({ forceZip64Format: hasLongDirectory(entries), comment: '' }, (...[totalBytes = 0]: number[]) => {
    sizeBytes = totalBytes;
  });
  return { bytes, sizeBytes };
}

/**
 * With a directory of 64 KiB or more, yazl 3.3.1 counts records of ZIP64 into the length and then leaves them out. Asked
 * for them it does both.
 */
function hasLongDirectory(entries: readonly ZipEntry[]): boolean {
  const directoryBytes = entries.reduce((sum, { path }) => sum + entryBytes + Buffer.byteLength(path), 0);
  return directoryBytes >= 0xffff;
}

/** What the directory says of a file: a fixed part, and its time in an extra field. */
const entryBytes = 46 + 9;
