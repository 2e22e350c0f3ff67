import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '#database/schema.ts';
import type { Actor } from '#kernel/actor.ts';
import { hashOfJson } from '#kernel/canonical-json.ts';
import { AppError } from '#kernel/errors.ts';
import { isId, newId } from '#kernel/ids.ts';
import type { Processor } from '#processors/contract.ts';
import type { ProcessorRegistry } from '#processors/registry.ts';
import type { ObjectStore } from '#storage/object-store.ts';
import type { CreateJob, Job } from './job.ts';
import { type AssetRow, checkInputCount, type JobPlan, planJob } from './job-plan.ts';
import { type JobRow, type OutputRow, selectJobs, toJob } from './job-rows.ts';
import { completeParameters } from './parameters.ts';
import { checkStorable } from './storable-json.ts';

export interface CreateJobDeps {
  readonly db: Kysely<Database>;
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
    const plan = planJob(deps, processor, params, assets, request.priority ?? 'normal', deps.maxJobMemoryBytes);
    const source = await findResult(deps, actor, plan.resultKey);
    const draft = { actor, request, fingerprint, processor, params, assets, plan, source };
    const created = await insertJob(deps.db, draft);
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
 * One statement: finished with the source's outputs, or following the leader in flight, or leading itself. The
 * embedded database pays for every statement, and answering what is known is little else.
 *
 * The locks keep what the row will refer to (assets, source, leader) as it is until the row is there, so that
 * collection never sees a moment without a reference, and a leader never ends without its new follower.
 *
 * @returns undefined when something changed meanwhile
 */
async function insertJob(db: Kysely<Database>, draft: Draft): Promise<CreatedJob | undefined> {
  const { actor, request, processor, assets, plan, source } = draft;
  const assetIds = [...new Set(assets.map((asset) => asset.id))];
  const sourceId = source?.id ?? null;
  const job = JSON.stringify({
    id: newId(),
    tenant_id: actor.tenantId,
    owner_id: actor.userId,
    created_by: actor.userId,
    updated_by: actor.userId,
    processor: processor.name,
    processor_version: processor.version,
    params: draft.params,
    result_key: plan.resultKey,
    status: source === undefined ? 'queued' : 'succeeded',
    cached: source !== undefined,
    progress: source === undefined ? 0 : 1,
    priority: request.priority ?? 'normal',
    queue_priority: plan.queuePriority,
    metadata: request.metadata,
    webhook_url: request.webhookUrl,
    hidden: request.hidden ?? false,
    idempotency_key: request.idempotencyKey,
    request_fingerprint: request.idempotencyKey === undefined ? undefined : draft.fingerprint,
  });
  const inputs = JSON.stringify(assets.map(({ id, ...asset }, index) => ({ ...asset, asset_id: id, index })));
  const { rows } = await sql<JobRow>`
    with held_assets as (select id from assets where id = any (${assetIds}::uuid[]) for key share),
    held_source as (select id from jobs where id = ${sourceId}::uuid for key share),
    leader as (${selectLeader(db, actor.tenantId, plan.resultKey).where(sql<boolean>`${sourceId}::uuid is null`)}),
    job as (
      insert into jobs (${jobColumns}, leader_id, finished_at)
      select ${jobColumns}, (select id from leader), case when cached then now() end
      from jsonb_populate_record(null::jobs, ${job}::jsonb)
      where (select count(*) from held_assets) = ${assetIds.length}::int
        and (${sourceId}::uuid is null or exists (select from held_source))
      on conflict do nothing
      returning *
    ),
    inputs as (
      insert into job_inputs (job_id, ${inputColumns})
      select job.id, ${inputColumns} from job, jsonb_populate_recordset(null::job_inputs, ${inputs}::jsonb)
    ),
    outputs as (
      insert into job_outputs (job_id, ${outputColumns})
      select job.id, ${outputColumns} from job, job_outputs where job_id = ${sourceId}::uuid
    )
    select * from job`.execute(db);
  const [row] = rows;
  if (row === undefined) return undefined;
  const how = source !== undefined ? 'cached' : row.leader_id !== null ? 'joined' : 'new';
  const files = { inputs: assets.map(({ id }) => ({ asset_id: id })), outputs: source?.outputs ?? [] };
  return { job: toJob({ ...row, ...files }), how, queuePriority: plan.queuePriority };
}

const jobColumns = sql.raw(`id, tenant_id, owner_id, created_by, updated_by, processor, processor_version, params,
  result_key, status, cached, progress, priority, queue_priority, metadata, webhook_url, hidden, idempotency_key,
  request_fingerprint`);
const inputColumns = sql.raw(
  '"index", asset_id, sha256, media_type, size_bytes, width_px, height_px, frames, duration_seconds',
);
const outputColumns = sql.raw('"index", sha256, media_type, size_bytes, data');

/** The job in flight for this result, kept in flight until this transaction ends. */
export async function lockLeader(
  trx: Transaction<Database>,
  tenantId: string,
  resultKey: string,
): Promise<string | null> {
  const leader = await selectLeader(trx, tenantId, resultKey).executeTakeFirst();
  return leader?.id ?? null;
}

function selectLeader(db: Kysely<Database>, tenantId: string, resultKey: string) {
  return db
    .selectFrom('jobs')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('result_key', '=', resultKey)
    .where('status', 'in', ['queued', 'active'])
    .where('leader_id', 'is', null)
    .forShare();
}
