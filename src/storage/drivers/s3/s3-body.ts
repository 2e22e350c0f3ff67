import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { AppError } from '#kernel/errors.ts';
import { unavailable } from './s3-calls.ts';

/** A part of an object that has begun to arrive. */
export interface S3Part {
  readonly body: Readable;
  /** As the store says. */
  readonly sizeBytes: number;
  /** Gives the connection back to be used; the body is over or not wanted any more. */
  done(): void;
}

export interface S3BodyOptions {
  readonly first: S3Part;
  /** The same bytes once more, without the first `offset` of them. */
  resume(offset: number): Promise<S3Part>;
  /** What the bytes must have as SHA-256, when they are all of the object's. */
  readonly sha256?: string | undefined;
  readonly idleMs: number;
}

/** Breaks without a byte between them. */
const maxBreaks = 3;

/**
 * The bytes of an object, all of them or an error. What breaks off or stands still is taken up again where it stopped.
 * The last piece of a whole object is given only when the hash of all is right: whoever passes the bytes on cannot pass
 * on a wrong object to its end.
 *
 * Errors of the stream: AppError STORAGE_UNAVAILABLE, OBJECT_CORRUPT.
 */
export function s3Body(options: S3BodyOptions): Readable {
  const current = { part: options.first, closed: false };
  const stream = Readable.from(chunksOf(options, current), { objectMode: false, highWaterMark: 64 * 1024 });
  stream.once('close', () => {
    current.closed = true;
    current.part.body.destroy();
    current.part.done();
  });
  return stream;
}

async function* chunksOf(
  { first, resume, sha256, idleMs }: S3BodyOptions,
  current: { part: S3Part; closed: boolean },
): AsyncGenerator<Buffer> {
  const hash = sha256 === undefined ? undefined : createHash('sha256');
  let received = 0;
  let breaks = 0;
  let held: Buffer | undefined;
  while (received < first.sizeBytes) {
    try {
      for await (const chunk of piecesOf(current.part.body, idleMs)) {
        received += chunk.length;
        breaks = 0;
        hash?.update(chunk);
        if (held !== undefined) yield held;
        held = chunk;
      }
      if (received >= first.sizeBytes) break;
      throw unavailable('ended its answer before the last byte');
    } catch (error) {
      if (current.closed) return;
      breaks += 1;
      if (breaks > maxBreaks) throw unavailable('broke off its answer', error);
    }
    current.part.done();
    current.part = await resume(received);
    if (current.closed) {
      current.part.body.destroy();
      current.part.done();
      return;
    }
  }
  if (received > first.sizeBytes || (hash !== undefined && hash.digest('hex') !== sha256)) {
    throw new AppError(
      'OBJECT_CORRUPT',
      `What the store gave as ${sha256 ?? 'a part of an object'} is something else.`,
    );
  }
  if (held !== undefined) yield held;
}

async function* piecesOf(body: Readable, idleMs: number): AsyncGenerator<Buffer> {
  const pieces = body.iterator();
  for (;;) {
    const { done, value } = await soon(pieces.next(), body, idleMs);
    if (done === true) return;
    yield value as Buffer;
  }
}

/** Only the wait for the store counts, not the time that a reader takes. */
async function soon<T>(next: Promise<T>, body: Readable, idleMs: number): Promise<T> {
  const timer = setTimeout(() => body.destroy(new Error(`no byte for ${idleMs} ms`)), idleMs);
  try {
    return await next;
  } finally {
    clearTimeout(timer);
  }
}
