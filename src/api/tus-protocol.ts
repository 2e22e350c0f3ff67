import type { IncomingHttpHeaders } from 'node:http';
import { PassThrough } from 'node:stream';
import { Metadata } from '@tus/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Checksum, checksumAlgorithms, type PartialUpload, type Piece } from '#assets/uploads/upload.ts';
import { AppError } from '#kernel/errors.ts';
import { kibibyte } from '#kernel/units.ts';

/** Where uploads in pieces are. */
export const uploadsPath = '/v1/uploads';
export const tusVersion = '1.0.0';

const maxMetadataBytes = 4 * kibibyte;
const pieceType = 'application/offset+octet-stream';

/** @throws AppError TUS_VERSION_UNSUPPORTED, with the answer saying which is */
export function checkVersion(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('tus-resumable', tusVersion);
  if (request.headers['tus-resumable'] === tusVersion) return;
  reply.header('tus-version', tusVersion);
  throw new AppError('TUS_VERSION_UNSUPPORTED', `Uploads here follow tus ${tusVersion}: send Tus-Resumable with it.`);
}

/**
 * A size or an offset.
 *
 * @returns undefined without the header; a number beyond all limits stays one
 * @throws AppError BAD_REQUEST
 */
export function bytesIn(headers: IncomingHttpHeaders, name: 'upload-length' | 'upload-offset'): number | undefined {
  const text = headers[name];
  if (text === undefined) return undefined;
  if (typeof text === 'string' && /^\d{1,40}$/.test(text)) return Number(text);
  throw new AppError('BAD_REQUEST', `${name} must be a whole number of bytes, not below 0.`);
}

/**
 * How long the upload will be.
 *
 * @returns null when the sender will say so later
 * @throws AppError BAD_REQUEST
 */
export function announcedSize(headers: IncomingHttpHeaders): number | null {
  const size = bytesIn(headers, 'upload-length');
  const deferred = headers['upload-defer-length'];
  if (size !== undefined && deferred === undefined) return size;
  if (size === undefined && deferred === '1') return null;
  throw new AppError('BAD_REQUEST', 'Send Upload-Length with the size in bytes, or Upload-Defer-Length: 1.');
}

/** @throws AppError HEADERS_TOO_LARGE, BAD_REQUEST for bad Base64 and keys that come twice */
export function metadataIn(headers: IncomingHttpHeaders): { text: string | null; name: string | null } {
  const text = headers['upload-metadata'];
  if (text === undefined || text === '') return { text: null, name: null };
  if (text.length > maxMetadataBytes) {
    throw new AppError('HEADERS_TOO_LARGE', 'Upload-Metadata may have 4 KiB.');
  }
  try {
    const { filename, name } = Metadata.parse(String(text));
    return { text: String(text), name: filename ?? name ?? null };
  } catch (cause) {
    const detail = 'Upload-Metadata must be pairs of a key and its value in Base64, each key once.';
    throw new AppError('BAD_REQUEST', detail, { cause });
  }
}

/** @throws AppError UNSUPPORTED_CONTENT_TYPE */
export function checkPieceType({ headers }: FastifyRequest): void {
  if (isPiece(headers)) return;
  throw new AppError('UNSUPPORTED_CONTENT_TYPE', `Send the bytes as ${pieceType}.`);
}

export function isPiece(headers: IncomingHttpHeaders): boolean {
  return headers['content-type'] === pieceType;
}

/**
 * The body as it comes. It ends when the sender is gone or the server closes, so that what came until then is kept.
 *
 * @returns null as length when only its end will tell
 */
export function pieceOf({ raw, headers }: FastifyRequest, closing: AbortSignal): Piece {
  const body = new PassThrough();
  const end = () => {
    raw.unpipe(body);
    body.end();
  };
  raw.once('close', () => {
    closing.removeEventListener('abort', end);
    if (!raw.complete) end();
  });
  if (closing.aborted) end();
  else closing.addEventListener('abort', end, { once: true });
  raw.pipe(body);
  const chunked = headers['transfer-encoding'] !== undefined;
  return { body, lengthBytes: chunked ? null : Number(headers['content-length'] ?? 0) };
}

/** @throws AppError BAD_REQUEST for one that cannot be checked */
export function checksumIn(headers: IncomingHttpHeaders): Checksum | undefined {
  const text = headers['upload-checksum'];
  if (text === undefined) return undefined;
  const [name, value = ''] = String(text).split(' ');
  const algorithm = checksumAlgorithms.find((known) => known === name);
  if (algorithm !== undefined && /^[A-Za-z0-9+/]+=*$/.test(value))
    return { algorithm, digest: Buffer.from(value, 'base64') };
  const names = checksumAlgorithms.join(', ');
  throw new AppError('BAD_REQUEST', `Upload-Checksum must be one of ${names}, a space, and the hash in Base64.`);
}

/** What every answer about an upload says. */
export function describeUpload(reply: FastifyReply, upload: PartialUpload): void {
  reply.header('tus-resumable', tusVersion).header('upload-offset', String(upload.offset));
  if (upload.assetId !== null) reply.header('upload-asset-id', upload.assetId);
  else reply.header('upload-expires', upload.expiresAt.toUTCString());
}
