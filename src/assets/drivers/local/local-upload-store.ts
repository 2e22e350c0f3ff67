import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { FileStore } from '@tus/file-store';
import { ERRORS } from '@tus/server';
import { makeFolder } from '#kernel/folders.ts';
import { isId } from '#kernel/ids.ts';
import { isSystemError, writeError } from '#storage/storage-errors.ts';
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
    const file = await open(join(this.directory, id), 'r+').catch((error: unknown) => {
      throw isSystemError(error, 'ENOENT') ? ERRORS.FILE_NOT_FOUND : error;
    });
    try {
      let position = offset;
      for await (const chunk of body as AsyncIterable<Buffer>) position += await writeAll(file, chunk, position);
      return position;
    } catch (error) {
      throw writeError(error);
    } finally {
      await file.close();
    }
  }

  async discard(id: string): Promise<void> {
    await this.remove(id).catch((error: unknown) => {
      if (error !== ERRORS.FILE_NOT_FOUND && !isSystemError(error, 'ENOENT')) throw error;
    });
  }
}

async function writeAll(file: Awaited<ReturnType<typeof open>>, chunk: Buffer, position: number): Promise<number> {
  for (let written = 0; written < chunk.length; ) {
    written += (await file.write(chunk, written, chunk.length - written, position + written)).bytesWritten;
  }
  return chunk.length;
}
