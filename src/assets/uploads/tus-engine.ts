import { Readable } from 'node:stream';
import { ByteLengthQueuingStrategy } from 'node:stream/web';
import { ERRORS, Server } from '@tus/server';
import { AppError } from '#kernel/errors.ts';
import { kibibyte } from '#kernel/units.ts';
import type { Lock, Locks } from '#locks/locks.ts';
import type { Piece } from './upload.ts';
import type { UploadStore } from './upload-store.ts';

export interface TusEngineOptions {
  readonly store: UploadStore;
  readonly locks: Locks;
  readonly maxUploadBytes: number;
  /** When every byte is there. @throws AppError why it was refused */
  readonly onComplete: (id: string, sizeBytes: number) => Promise<void>;
}

/** The tus library, asked without HTTP: who may do what has been decided before. */
export interface TusEngine {
  /** @returns where it stands */
  create(id: string, sizeBytes: number | null, piece?: Piece): Promise<number>;
  /** @returns where it stands, and the size if it is known */
  stand(id: string): Promise<{ readonly offset: number; readonly sizeBytes: number | null }>;
  /** @returns where it stands then */
  append(id: string, offset: number, piece: Piece): Promise<number>;
}

/** How long a request whose lock another wants may go on. */
const lockDrainMs = 1_000;
const queueBytes = 64 * kibibyte;
const pieceType = 'application/offset+octet-stream';

/** @throws AppError from its methods: what the library says in its own way becomes one of ours */
export function tusEngine({ store, locks, maxUploadBytes, onComplete }: TusEngineOptions): TusEngine {
  const server = new Server({
    path: '/',
    datastore: store,
    maxSize: maxUploadBytes,
    locker: { newLock: (id) => tusLock(locks, id) },
    lockDrainTimeout: lockDrainMs,
    relativeLocation: true,
    namingFunction: idOf,
    getFileIdFromRequest: idOf,
    async onUploadFinish(_request, { id, size = 0 }) {
      await onComplete(id, size);
      return {};
    },
    async onResponseError(request, error) {
      throw await ourError(error, store, idOf(request));
    },
  });

  async function ask(method: string, id: string, headers: Record<string, string>, body?: Readable): Promise<Headers> {
    const strategy = new ByteLengthQueuingStrategy({ highWaterMark: queueBytes });
    const request = new Request(`http://tus/${id}`, {
      method,
      headers: { 'tus-resumable': '1.0.0', ...headers },
      ...(body && { body: Readable.toWeb(body, { strategy }) as ReadableStream, duplex: 'half' }),
    });
    const response = await server.handleWeb(request);
    if (response.ok) return response.headers;
    throw new AppError('BAD_REQUEST', `The upload cannot go on like this: ${(await response.text()).trim()}.`);
  }

  function pieceHeaders({ lengthBytes }: Piece): Record<string, string> {
    return { 'content-type': pieceType, ...(lengthBytes !== null && { 'content-length': String(lengthBytes) }) };
  }

  return {
    async create(id, sizeBytes, piece) {
      const size = sizeBytes === null ? { 'upload-defer-length': '1' } : { 'upload-length': String(sizeBytes) };
      const headers = await ask('POST', id, { ...size, ...(piece && pieceHeaders(piece)) }, piece?.body);
      return Number(headers.get('upload-offset') ?? 0);
    },
    async stand(id) {
      const headers = await ask('HEAD', id, {});
      const size = headers.get('upload-length');
      return { offset: Number(headers.get('upload-offset')), sizeBytes: size === null ? null : Number(size) };
    },
    async append(id, offset, piece) {
      const size = piece.sizeBytes === undefined ? {} : { 'upload-length': String(piece.sizeBytes) };
      const headers = await ask(
        'PATCH',
        id,
        { 'upload-offset': String(offset), ...size, ...pieceHeaders(piece) },
        piece.body,
      );
      return Number(headers.get('upload-offset'));
    },
  };
}

function idOf({ url }: Request): string {
  return url.slice(url.lastIndexOf('/') + 1);
}

function tusLock(locks: Locks, name: string) {
  let held: Lock | undefined;
  return {
    async lock(signal: AbortSignal, onWanted: () => void): Promise<void> {
      held = await locks.acquire(name, { signal, onWanted });
    },
    async unlock(): Promise<void> {
      await held?.release();
    },
  };
}

type TusError = Error | { readonly status_code: number; readonly body: string };

async function ourError(error: TusError, store: UploadStore, id: string): Promise<unknown> {
  switch (error) {
    case ERRORS.FILE_NOT_FOUND:
    case ERRORS.FILE_NO_LONGER_EXISTS:
      return uploadNotFound();
    case ERRORS.ABORTED:
      return new AppError('UPLOAD_INTERRUPTED', 'Another request goes on with this upload.');
    case ERRORS.INVALID_OFFSET:
      return offsetConflict((await store.getUpload(id)).offset);
    case ERRORS.INVALID_LENGTH:
      return new AppError('BAD_REQUEST', 'Upload-Length was said before, or is less than what has arrived.');
  }
  if ('status_code' in error && error.status_code === 413) {
    return new AppError(
      'UPLOAD_TOO_LARGE',
      'The body goes beyond the length of the upload. Send what is missing of it.',
    );
  }
  // Without a stack nobody would find out where it came from.
  return error instanceof Error ? error : new Error(`tus: ${error.body}`);
}

export function uploadNotFound(): AppError {
  return new AppError('UPLOAD_NOT_FOUND', 'There is no such upload. It may have been removed; begin a new one.');
}

export function offsetConflict(offset: number): AppError {
  return new AppError('UPLOAD_OFFSET_CONFLICT', `The upload stands at byte ${offset}. Go on from there.`, {
    extensions: { offset },
  });
}
