import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { ProcessorOutput } from '#processors/contract.ts';
import type { ObjectStore } from '#storage/object-store.ts';
import type { JobOutput } from './job.ts';

/** Puts a file that a processor made into the store, under its hash. */
export async function keepOutput(
  store: ObjectStore,
  output: ProcessorOutput,
  path: string,
): Promise<Omit<JobOutput, 'index'>> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  await pipeline(createReadStream(path), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      sizeBytes += chunk.length;
      hash.update(chunk);
    }
  });
  const sha256 = hash.digest('hex');
  await store.putFile(sha256, path);
  return { mediaType: output.mediaType, sizeBytes, sha256, data: output.data ?? null };
}
