import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { mediaFacts } from '#database/media-facts.ts';
import type { Database } from '#database/schema.ts';
import { AppError } from '#kernel/errors.ts';
import { failpoint } from '#kernel/failpoints.ts';
import type { Processor } from '#processors/contract.ts';
import type { ProcessorRegistry } from '#processors/registry.ts';
import { type Needs, provenanceOf } from '#sandbox/needs.ts';
import type { Sandbox } from '#sandbox/sandbox.ts';
import type { ObjectStore } from '#storage/object-store.ts';
import type { JobOutput } from './job.ts';
import { keepOutput } from './keep-output.ts';
import { neededResults } from './needed-results.ts';
import { makeScratch } from './scratch.ts';
import type { Claim } from './take-jobs.ts';

export interface RunDeps {
  readonly db: Kysely<Database>;
  readonly store: ObjectStore;
  readonly sandbox: Sandbox;
  readonly needs: Needs;
  readonly processors: ProcessorRegistry;
  /** Every attempt gets a folder of its own in here, which is gone when it ends. */
  readonly scratchRoot: string;
  /** By processor: what this process does itself. It waits for others and computes nothing. */
  readonly ownWork?: ReadonlyMap<string, OwnWork>;
}

/** Tried again, it gives the same. @throws AppError how the job fails */
export type OwnWork = (job: {
  readonly id: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
}) => Promise<readonly JobOutput[]>;

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
  const own = deps.ownWork?.get(processor.name);
  if (own !== undefined)
    return await own({ id: claim.id, tenantId: claim.tenant_id, userId: claim.owner_id, params: claim.params, signal });
  const media = claim.inputs.map(mediaFacts);
  const scratch = await makeScratch(deps.scratchRoot, claim, media.length > 0);
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => scratch.remove().catch(() => undefined)); // the next sweep gets it
  const inputs = [];
  for (const [at, info] of media.entries()) {
    const object = await deps.store.checkout(claim.inputs[at]?.sha256 ?? '', scratch.inputsDir);
    cleanup.defer(object.release);
    inputs.push({ ...info, path: object.path, sha256: claim.inputs[at]?.sha256 ?? '' });
  }
  const needed = await deps.needs.meet(neededResults(deps, claim.tenant_id), {
    processor,
    params: claim.params,
    inputs,
    dir: scratch.neededDir,
    signal,
    onProgress: (fraction) => onProgress(fraction * neededShare),
  });
  for (const { release } of needed) cleanup.defer(release);
  const from = needed.length > 0 ? neededShare : 0;
  const outputs = await deps.sandbox.run({
    processor: processor.name,
    params: claim.params,
    inputs,
    needed: needed.map(({ release, ...result }) => result),
    scratchDir: scratch.outputsDir,
    deadlineMs: processor.deadlineMs(media, claim.params),
    memoryBytes: processor.estimate(media, claim.params).memoryBytes,
    signal,
    onProgress: (fraction) => onProgress(from + fraction * (1 - from)),
  });
  const stored: JobOutput[] = [];
  const provenance = provenanceOf(needed);
  for (const [index, output] of outputs.entries()) {
    const told = isEmpty(provenance) ? output : { ...output, data: { ...output.data, ...provenance } };
    stored.push({ index, ...(await keepOutput(deps.store, told, join(scratch.outputsDir, output.file))) });
    failpoint('worker-output-put');
  }
  return stored;
}

/** Of a job's progress, when it starts from other results: looking at a photograph takes longer than composing. */
const neededShare = 0.7;

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

function isEmpty(record: object): boolean {
  return Object.keys(record).length === 0;
}
