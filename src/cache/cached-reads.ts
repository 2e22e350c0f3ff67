import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ReadStore } from '#storage/object-store.ts';
import type { Cache } from './cache.ts';

/** Larger ones are better streamed than kept. */
const maxObjectBytes = 256 * 1024;

/** The same store, whose small objects are kept after they were read. They are named by their bytes: none goes stale. */
export function cachedReads(store: ReadStore, cache: Cache): ReadStore {
  return {
    async read(sha256, range) {
      const kept = await cache.get(sha256);
      if (kept !== undefined) return once(range === undefined ? kept : kept.subarray(range.start, range.end + 1));
      const stream = await store.read(sha256, range);
      return range === undefined ? Readable.from(keeping(stream, cache, sha256), { objectMode: false }) : stream;
    },
  };
}

async function* keeping(stream: Readable, cache: Cache, sha256: string): AsyncGenerator<Buffer> {
  let chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxObjectBytes) chunks = [];
    else chunks.push(chunk);
    yield chunk;
  }
  if (sizeBytes > maxObjectBytes) return;
  const bytes = Buffer.concat(chunks);
  // A copy that was cut short, or damaged on its way, is not kept.
  if (createHash('sha256').update(bytes).digest('hex') === sha256) await cache.set(sha256, bytes);
}

function once(bytes: Buffer): Readable {
  return Readable.from(bytes.length === 0 ? [] : [bytes], { objectMode: false });
}
