import type { Kysely, Transaction } from 'kysely';
import type { Database } from '#database/schema.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import { isId, newId } from '#kernel/ids.ts';
import type { Processor } from '#processors/contract.ts';
import type { ProcessorRegistry } from '#processors/registry.ts';
import type { ObjectStore } from '#storage/object-store.ts';
import { hashOfJson } from './canonical-json.ts';
import type { CreateJob, Job } from './job.ts';
import { type AssetRow, checkInputCount, type JobPlan, planJob } from './job-plan.ts';
import { type JobRow, type OutputRow, selectJobs, toJob } from './job-rows.ts';
import { completeParameters } from './parameters.ts';
import { checkStorable } from './storable-json.ts';

export interface CreateJobDeps {
  readonly db: Kysely<Database>;
  readonly store: ObjectStore;
  readonly processors: ProcessorRegistry;
  /** The most memory that one job may be estimated to need. */
  readonly maxJobMemoryBytes: number;
}

export interface CreatedJob {
  readonly job: Job;
  readonly how: 'new' | 'joined' | 'cached' | 'repeated';
  readonly queuePriority: number;
}

const maxMetadataBytes = 16 * 1024;
const maxWebhookUrlBytes = 4 * 1024;
const maxIdempotencyKeyBytes = 256;
/** Each round is lost only to another request that got something done; a handful is plenty. */
const maxRounds = 10;

/**
 * Writes the row, or finds that there is nothing to do. Nothing is put in line here.
 *
 * What other requests do meanwhile (the same key, the same work, an asset removed) shows as an insert that does
 * nothing or a lock that finds no row: then everything is looked at again.
 */
export async function createJob(deps: CreateJobDeps, actor: Actor, request: CreateJob): Promise<CreatedJob> {
  const processor = findProcessor(deps.processors, request.processor);
  checkInputCount(processor, request.inputs.length);
  const params = completeParameters(processor, request.params);
  const fingerprint = fingerprintOf(request);
  for (let round = 0; round < maxRounds; round++) {
    const repeated = await findRepeated(deps.db, actor, request, fingerprint);
    if (repeated !== undefined)
      return { job: toJob(repeated), how: 'repeated', queuePriority: repeated.queue_priority };

    const assets = await readAssets(deps.db, actor, request.inputs);
    const plan = planJob(processor, params, assets, request.priority ?? 'normal', deps.maxJobMemoryBytes);
    const source = await findResult(deps, actor, plan.resultKey);
    const draft = { actor, request, fingerprint, processor, params, assets, plan, source };
    const created = await deps.db.transaction().execute((trx) => insertJob(trx, draft));
    if (created !== undefined) return created;
  }
  throw new AppError('OVERLOADED', 'Too many identical requests at once. Try again in a second.');
}

interface Draft {
  readonly actor: Actor;
  readonly request: CreateJob;
  readonly fingerprint: string;
  readonly processor: Processor;
  readonly params: Readonly<Record<string, unknown>>;
  readonly assets: readonly AssetRow[];
  readonly plan: JobPlan;
  readonly source: Source | undefined;
}

/** A finished job whose outputs are the answer. */
interface Source {
  readonly id: string;
  readonly outputs: readonly OutputRow[];
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

async function findRepeated(db: Kysely<Database>, actor: Actor, request: CreateJob, fingerprint: string) {
  if (request.idempotencyKey === undefined) return undefined;
  const row = await selectJobs(db)
    .where('tenant_id', '=', actor.tenantId)
    .where('idempotency_key', '=', request.idempotencyKey)
    .executeTakeFirst();
  if (row !== undefined && row.request_fingerprint !== fingerprint) {
    throw new AppError(
      'IDEMPOTENCY_KEY_REUSED',
      `This Idempotency-Key belongs to job ${row.id}, which was another request. Use a new key for new work.`,
    );
  }
  return row;
}

function findProcessor(processors: ProcessorRegistry, name: string): Processor {
  const processor = processors.get(name);
  if (processor !== undefined) return processor;
  const names = processors.list().map((known) => known.name);
  throw new AppError('UNKNOWN_PROCESSOR', `There is no such processor; there are ${names.join(', ')}.`);
}

/** In the order asked for; the same asset may be named more than once. */
async function readAssets(db: Kysely<Database>, actor: Actor, ids: readonly string[]): Promise<AssetRow[]> {
  const wanted = [...new Set(ids)].filter(isId);
  const rows =
    wanted.length === 0
      ? []
      : await db
          .selectFrom('assets')
          .selectAll()
          .where('tenant_id', '=', actor.tenantId)
          .where('id', 'in', wanted)
          .execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id, index) => {
    const row = byId.get(id);
    if (row !== undefined) return row;
    throw new AppError('ASSET_NOT_FOUND', `Input ${index + 1} names an asset that does not exist. Upload it first.`);
  });
}

/** The newest finished job with this result, if its bytes are all still there. */
async function findResult({ db, store }: CreateJobDeps, actor: Actor, resultKey: string): Promise<Source | undefined> {
  const outputs = await db
    .selectFrom('job_outputs')
    .selectAll()
    .where('job_id', '=', (eb) =>
      eb
        .selectFrom('jobs')
        .select('id')
        .where('tenant_id', '=', actor.tenantId)
        .where('result_key', '=', resultKey)
        .where('status', '=', 'succeeded')
        .orderBy('id', 'desc')
        .limit(1),
    )
    .orderBy('index')
    .execute();
  const [first] = outputs;
  if (first === undefined) return undefined;
  const sizes = await Promise.all(outputs.map((output) => store.sizeOf(output.sha256)));
  return outputs.every((output, at) => sizes[at] === output.size_bytes) ? { id: first.job_id, outputs } : undefined;
}

/**
 * One transaction: finished with the source's outputs, or following the leader in flight, or leading itself.
 *
 * The locks keep what the row will refer to (assets, source, leader) as it is until the row is there, so that
 * collection never sees a moment without a reference, and a leader never ends without its new follower.
 *
 * @returns undefined when something changed meanwhile
 */
async function insertJob(trx: Transaction<Database>, draft: Draft): Promise<CreatedJob | undefined> {
  const { actor, request, processor, plan, source } = draft;
  if (!(await lockAssets(trx, draft.assets))) return undefined;
  if (source !== undefined && !(await lockSource(trx, source))) return undefined;
  const leaderId = source === undefined ? await lockLeader(trx, actor.tenantId, plan.resultKey) : null;
  const row = await trx
    .insertInto('jobs')
    .values((eb) => ({
      id: newId(),
      tenant_id: actor.tenantId,
      owner_id: actor.userId,
      created_by: actor.userId,
      updated_by: actor.userId,
      processor: processor.name,
      processor_version: processor.version,
      params: JSON.stringify(draft.params),
      result_key: plan.resultKey,
      priority: request.priority ?? 'normal',
      queue_priority: plan.queuePriority,
      leader_id: leaderId,
      metadata: request.metadata === undefined ? null : JSON.stringify(request.metadata),
      webhook_url: request.webhookUrl ?? null,
      ...(request.idempotencyKey !== undefined && {
        idempotency_key: request.idempotencyKey,
        request_fingerprint: draft.fingerprint,
      }),
      ...(source === undefined
        ? { status: 'queued' as const }
        : { status: 'succeeded' as const, cached: true, progress: 1, finished_at: eb.fn<Date>('now') }),
    }))
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const outputs = (source?.outputs ?? []).map((output) => ({ ...output, job_id: row.id }));
  await insertFiles(trx, row, draft.assets, outputs);
  const inputs = draft.assets.map((asset) => ({ asset_id: asset.id }));
  const how = source !== undefined ? 'cached' : leaderId !== null ? 'joined' : 'new';
  return { job: toJob({ ...row, inputs, outputs }), how, queuePriority: plan.queuePriority };
}

async function lockAssets(trx: Transaction<Database>, assets: readonly AssetRow[]): Promise<boolean> {
  const ids = [...new Set(assets.map((asset) => asset.id))];
  if (ids.length === 0) return true;
  const locked = await trx.selectFrom('assets').select('id').where('id', 'in', ids).forKeyShare().execute();
  return locked.length === ids.length;
}

async function lockSource(trx: Transaction<Database>, source: Source): Promise<boolean> {
  const locked = await trx.selectFrom('jobs').select('id').where('id', '=', source.id).forKeyShare().executeTakeFirst();
  return locked !== undefined;
}

/** The job in flight for this result, kept in flight until this transaction ends. */
export async function lockLeader(
  trx: Transaction<Database>,
  tenantId: string,
  resultKey: string,
): Promise<string | null> {
  const leader = await trx
    .selectFrom('jobs')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('result_key', '=', resultKey)
    .where('status', 'in', ['queued', 'active'])
    .where('leader_id', 'is', null)
    .forShare()
    .executeTakeFirst();
  return leader?.id ?? null;
}

async function insertFiles(
  trx: Transaction<Database>,
  job: JobRow,
  assets: readonly AssetRow[],
  outputs: readonly OutputRow[],
): Promise<void> {
  if (assets.length > 0) {
    const inputs = assets.map((asset, index) => ({
      job_id: job.id,
      index,
      asset_id: asset.id,
      sha256: asset.sha256,
      media_type: asset.media_type,
      size_bytes: asset.size_bytes,
      width_px: asset.width_px,
      height_px: asset.height_px,
      frames: asset.frames,
      duration_seconds: asset.duration_seconds,
    }));
    await trx.insertInto('job_inputs').values(inputs).execute();
  }
  if (outputs.length > 0) {
    const rows = outputs.map((output) => ({
      ...output,
      data: output.data === null ? null : JSON.stringify(output.data),
    }));
    await trx.insertInto('job_outputs').values(rows).execute();
  }
}
