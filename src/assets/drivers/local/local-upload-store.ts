import { createReadStream, createWriteStream, type ReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FileStore } from '@tus/file-store';
import { ERRORS } from '@tus/server';
import { makeFolder } from '#kernel/folders.ts';
import { isId } from '#kernel/ids.ts';
import { isSystemError, writeError } from '#storage/storage-errors.ts';
import { writeAheadBytes } from '../../receive-file.ts';
import type { UploadStore } from '../../uploads/upload-store.ts';

/**
 * Unfinished uploads as files of one folder, which processes of one machine may share.
 *
 * @param dir on a file system that keeps them; made when it is not there
 * @throws the system's error
 */
export async function openLocalUploadStore(dir: string): Promise<UploadStore> {
  // The library would make it for everybody to read.
  await makeFolder(dir);
  return new LocalUploadStore({ directory: dir });
}

class LocalUploadStore extends FileStore implements UploadStore {
  readonly driver = 'local';

  /** The library's own says that writing failed, and not that the disk is full. @throws AppError STORAGE_FULL */
  override async write(body: Readable, id: string, offset: number): Promise<number> {
    if (!isId(id)) throw ERRORS.FILE_NOT_FOUND;
    const file = createWriteStream(join(this.directory, id), {
      flags: 'r+',
      start: offset,
      highWaterMark: writeAheadBytes,
    });
    try {
      await pipeline(body, file);
      return offset + file.bytesWritten;
    } catch (error) {
      throw isSystemError(error, 'ENOENT') ? ERRORS.FILE_NOT_FOUND : writeError(error);
    }
  }

  /** In larger steps than the library's. */
  override read(id: string): ReadStream {
    if (!isId(id)) throw ERRORS.FILE_NOT_FOUND;
    return createReadStream(join(this.directory, id), { highWaterMark: writeAheadBytes });
  }

  async discard(id: string): Promise<void> {
    await this.remove(id).catch((error: unknown) => {
      if (error !== ERRORS.FILE_NOT_FOUND && !isSystemError(error, 'ENOENT')) throw error;
    });
  }
}
