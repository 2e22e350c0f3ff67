import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Kysely } from 'kysely';
import { mediaFacts } from '#database/media-facts.ts';
import type { Database } from '#database/schema.ts';
import { AppError } from '#kernel/errors.ts';
import { failpoint } from '#kernel/failpoints.ts';
import type { Processor, ProcessorOutput } from '#processors/contract.ts';
import type { ProcessorRegistry } from '#processors/registry.ts';
import type { Sandbox } from '#sandbox/sandbox.ts';
import type { ObjectStore } from '#storage/object-store.ts';
import type { Claim } from './claim-job.ts';
import type { JobOutput } from './job.ts';
import { makeScratch } from './scratch.ts';

export interface RunDeps {
  readonly db: Kysely<Database>;
  readonly store: ObjectStore;
  readonly sandbox: Sandbox;
  readonly processors: ProcessorRegistry;
  /** Every attempt gets a folder of its own in here, which is gone when it ends. */
  readonly scratchRoot: string;
}

/**
 * The work of one attempt: inputs from the store, the processor in the sandbox, outputs into the store under their
 * hash. Writes nothing to the database.
 *
 * @throws AppError what the sandbox, the processor or the store says
 */
export async function runAttempt(
  deps: RunDeps,
  claim: Claim,
  signal: AbortSignal,
  onProgress: (fraction: number) => void,
): Promise<readonly JobOutput[]> {
  const processor = findProcessor(deps.processors, claim);
  const rows = await deps.db
    .selectFrom('job_inputs')
    .selectAll()
    .where('job_id', '=', claim.id)
    .orderBy('index')
    .execute();
  const media = rows.map(mediaFacts);
  const scratch = await makeScratch(deps.scratchRoot, claim);
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => scratch.remove().catch(() => undefined)); // the next sweep gets it
  const inputs = [];
  for (const [at, info] of media.entries()) {
    const object = await deps.store.checkout(rows[at]?.sha256 ?? '', scratch.inputsDir);
    cleanup.defer(object.release);
    inputs.push({ ...info, path: object.path });
  }
  const outputs = await deps.sandbox.run({
    processor: processor.name,
    params: claim.params,
    inputs,
    scratchDir: scratch.outputsDir,
    deadlineMs: processor.deadlineMs(media, claim.params),
    memoryBytes: processor.estimate(media, claim.params).memoryBytes,
    signal,
    onProgress,
  });
  const stored: JobOutput[] = [];
  for (const [index, output] of outputs.entries()) {
    stored.push(await keepOutput(deps.store, scratch.outputsDir, index, output));
    failpoint('worker-output-put');
  }
  return stored;
}

/** While versions are mixed, in a rolling update, a job may need a newer worker than this one. */
function findProcessor(processors: ProcessorRegistry, claim: Claim): Processor {
  const processor = processors.get(claim.processor);
  if (processor !== undefined && processor.version >= claim.processor_version) return processor;
  const has = processor === undefined ? 'does not have it' : `has version ${processor.version}`;
  throw new AppError(
    'PROCESSOR_UNAVAILABLE',
    `The job needs ${claim.processor}, version ${claim.processor_version}; the worker that took it ${has}. ` +
      'Run the same release of Esteira everywhere.',
  );
}

async function keepOutput(store: ObjectStore, dir: string, index: number, output: ProcessorOutput): Promise<JobOutput> {
  const path = join(dir, output.file);
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
  return { index, mediaType: output.mediaType, sizeBytes, sha256, data: output.data ?? null };
}
