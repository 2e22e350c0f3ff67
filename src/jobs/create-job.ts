import type { TenantDatabase } from '#database/tenant-database.ts';
import type { Actor } from '#kernel/actor.ts';
import { hashOfJson } from '#kernel/canonical-json.ts';
import { AppError } from '#kernel/errors.ts';
import { checkStorable } from '#kernel/storable-json.ts';
import type { ProcessorRegistry } from '#processors/registry.ts';
import type { ObjectStore } from '#storage/object-store.ts';
import type { CreateJob, Job } from './job.ts';
import { type Draft, findAssets, findProcessor, inOrder } from './job-draft.ts';
import { checkInputCount, planJob } from './job-plan.ts';
import { type OutputRow, selectJobs, toJob } from './job-rows.ts';
import { type JobStatements, jobStatements, type KnownResult } from './job-statements.ts';
import { completeParameters } from './parameters.ts';

export interface CreateJobDeps {
  readonly tenantDb: TenantDatabase;
  readonly store: ObjectStore;
  readonly processors: ProcessorRegistry;
  /** Processors whose results somebody outside makes, and who. */
  readonly madeElsewhere: ReadonlyMap<string, string>;
  /** The most memory that one job may be estimated to need. */
  readonly maxJobMemoryBytes: number;
}

export interface CreatedJob {
  readonly job: Job;
  readonly how: 'new' | 'joined' | 'cached' | 'repeated';
  readonly patienceMs: number;
  /** The work in flight that it follows. */
  readonly leaderId: string | null;
}

const maxMetadataBytes = 16 * 1024;
const maxWebhookUrlBytes = 4 * 1024;
const maxIdempotencyKeyBytes = 256;
/** Each round is lost only to another request that got something done; a handful is plenty. */
const maxRounds = 10;

/**
 * Writes the row, or finds that there is nothing to do. Nobody is told here.
 *
 * What other requests do meanwhile (the same key, the same work, an asset removed) shows as an insert that does
 * nothing or a lock that finds no row: then everything is looked at again.
 */
export async function createJob(
  deps: CreateJobDeps,
  actor: Actor,
  request: CreateJob,
  statements: JobStatements = jobStatements(deps.tenantDb),
): Promise<CreatedJob> {
  const processor = findProcessor(deps.processors, request.processor);
  checkInputCount(processor, request.inputs.length);
  const params = completeParameters(processor, request.params);
  const fingerprint = fingerprintOf(request);
  for (let round = 0; round < maxRounds; round++) {
    const repeated = await findRepeated(deps.tenantDb, actor, request, fingerprint);
    if (repeated !== undefined)
      return { job: toJob(repeated), how: 'repeated', patienceMs: repeated.patience_ms, leaderId: null };

    const assets = inOrder(await findAssets(deps.tenantDb, actor, request.inputs), request.inputs);
    const plan = planJob(deps, processor, params, assets, request.priority ?? 'normal', deps.maxJobMemoryBytes);
    const known = await statements.findResult({ tenantId: actor.tenantId, resultKey: plan.resultKey });
    const isAnswer = known !== undefined && (await isWhole(deps.store, known));
    const source = isAnswer ? known.jobId : undefined;
    const draft = {
      actor,
      request,
      fingerprint,
      processor,
      params,
      assets,
      plan,
      sourceId: source,
      seenId: known?.jobId,
    };
    const created = await insertJob(statements, draft, isAnswer ? known.outputs : []);
    if (created !== undefined) return created;
  }
  throw new AppError('OVERLOADED', 'Too many identical requests at once. Try again in a second.');
}

/**
 * What makes two requests with one idempotency key the same request.
 *
 * @throws AppError INVALID_PARAMETERS for members that the row cannot keep
 */
function fingerprintOf({ idempotencyKey, ...request }: CreateJob): string {
  checkStorable('metadata', request.metadata, maxMetadataBytes);
  checkStorable('webhookUrl', request.webhookUrl, maxWebhookUrlBytes);
  checkStorable('The Idempotency-Key', idempotencyKey, maxIdempotencyKeyBytes);
  return hashOfJson(request);
}

async function findRepeated(tenantDb: TenantDatabase, actor: Actor, request: CreateJob, fingerprint: string) {
  const { idempotencyKey } = request;
  if (idempotencyKey === undefined) return undefined;
  const [row] = await tenantDb.execute(actor.tenantId, (db) =>
    selectJobs(db).where('tenant_id', '=', actor.tenantId).where('idempotency_key', '=', idempotencyKey),
  );
  if (row !== undefined && row.request_fingerprint !== fingerprint) {
    throw new AppError(
      'IDEMPOTENCY_KEY_REUSED',
      `This Idempotency-Key belongs to job ${row.id}, which was another request. Use a new key for new work.`,
    );
  }
  return row;
}

/** Whether the bytes are all still there and what was asked for. */
async function isWhole(store: ObjectStore, { outputs }: KnownResult): Promise<boolean> {
  const [first] = outputs;
  // Made here for somebody outside who failed: who asks again may have better luck.
  if (first === undefined || first.data?.['fallbackFrom'] !== undefined) return false;
  const sizes = await Promise.all(outputs.map((output) => store.sizeOf(output.sha256)));
  return outputs.every((output, at) => sizes[at] === output.size_bytes);
}

/**
 * Finished with the source's outputs, or following the leader in flight, or leading itself.
 *
 * @returns undefined when something changed meanwhile
 */
async function insertJob(
  statements: JobStatements,
  draft: Draft,
  outputs: readonly OutputRow[],
): Promise<CreatedJob | undefined> {
  const { assets, plan, sourceId } = draft;
  const row = await statements.add(draft);
  if (row === undefined) return undefined;
  const how = sourceId !== undefined ? 'cached' : row.leader_id !== null ? 'joined' : 'new';
  const files = { inputs: assets.map(({ id }) => ({ asset_id: id })), outputs };
  return { job: toJob({ ...row, ...files }), how, patienceMs: plan.patienceMs, leaderId: row.leader_id };
}
