import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { DirectAccess } from '#storage/direct-access.ts';
import type { ReadStore } from '#storage/object-store.ts';
import { parseRange } from './byte-range.ts';
import { contentDisposition } from './content-disposition.ts';

export interface StoredContent {
  readonly sha256: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  /** The user's name for it; the extension follows the media type. */
  readonly name: string | null;
}

/** When a download is better had from the store itself. */
export interface Redirects {
  readonly direct: DirectAccess;
  readonly aboveBytes: number;
}

export interface ContentOptions {
  /** Who may keep the answer: unless it is said, the asking browser alone. */
  readonly cacheControl?: string;
  /** Undefined: the bytes come from here, whatever their number. */
  readonly redirects?: Redirects | undefined;
}

/**
 * Answers a GET or HEAD with immutable bytes: validator, conditional request, one range, safe headers.
 *
 * @throws AppError RANGE_NOT_SATISFIABLE, OBJECT_NOT_FOUND
 */
export async function sendContent(
  request: FastifyRequest,
  reply: FastifyReply,
  store: ReadStore,
  content: StoredContent,
  { cacheControl = immutable, redirects }: ContentOptions = {},
): Promise<FastifyReply> {
  const { sha256, sizeBytes } = content;
  const etag = etagOf(sha256);
  if (redirects !== undefined && sizeBytes > redirects.aboveBytes && mayBeSentOn(request)) {
    return reply.header('cache-control', 'no-store').redirect(await storeUrl(redirects.direct, content), 307);
  }
  reply.header('etag', etag).header('accept-ranges', 'bytes');
  if (matches(request.headers['if-none-match'], etag)) {
    return reply.code(304).header('cache-control', cacheControl).send();
  }
  // An If-Range with another validator asks for the whole instead (RFC 9110, section 13.1.5).
  const ifRange = request.headers['if-range'];
  const rangeHeader = ifRange === undefined || ifRange === etag ? request.headers.range : undefined;
  reply.header('content-range', `bytes */${sizeBytes}`);
  const range = parseRange(rangeHeader, sizeBytes);
  reply.removeHeader('content-range');

  if (range) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${sizeBytes}`);
  const body = request.method === 'HEAD' ? Readable.from([]) : await store.read(sha256, range);
  return reply
    .headers({ ...contentHeaders(content), 'cache-control': cacheControl })
    .header('content-length', range ? range.end - range.start + 1 : sizeBytes)
    .send(body);
}

// Ids never change their bytes, but the answer is one tenant's: shared caches must not keep it.
const immutable = 'private, max-age=31536000, immutable';

/** For the time of a download to begin: clocks may differ by five minutes. */
const redirectSeconds = 15 * 60;

function storeUrl(direct: DirectAccess, { sha256, mediaType, name }: StoredContent): Promise<string> {
  const disposition = contentDisposition(name, mediaType);
  const expiresInSeconds = redirectSeconds;
  return direct.readUrl(sha256, { mediaType, disposition, cacheControl: immutable, expiresInSeconds });
}

/**
 * Programs follow, and people who follow a link from elsewhere. What a page of our own loads stays here: its content
 * policy knows no other host. So do parts and revalidations, whose validators are ours.
 */
function mayBeSentOn({ method, headers }: FastifyRequest): boolean {
  if (method !== 'GET' || headers.range !== undefined || headers['if-none-match'] !== undefined) return false;
  const { 'sec-fetch-mode': mode, 'sec-fetch-site': site } = headers;
  return mode === undefined || (mode === 'navigate' && site !== 'same-origin');
}

/** A report is one file: its styles and pictures are in it. No script runs. */
const reportPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox";

/** Headers that make foreign bytes harmless in a browser, whatever they contain. */
export function contentHeaders({ mediaType, name }: StoredContent): Record<string, string> {
  return {
    'content-type': mediaType,
    'content-disposition': contentDisposition(name, mediaType),
    'content-security-policy': mediaType === 'text/html' ? reportPolicy : "default-src 'none'; sandbox",
  };
}

export function etagOf(sha256: string): string {
  return `"${sha256}"`;
}

function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(',').some((candidate) => ['*', etag].includes(candidate.trim().replace(/^W\//, '')));
}
