import type { Transaction } from 'kysely';
import { sql } from 'kysely';
import { inSavepoint, inTenantTransaction } from '#database/contention.ts';
import type { Database } from '#database/schema.ts';
import { joinTransaction } from '#database/tenant-database.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import { type CreatedJob, type CreateJobDeps, createJob } from '../create-job.ts';
import type { JobPriority, JobStatus } from '../job.ts';
import { now } from '../settle-job.ts';
import { type DerivedInputDeps, derivedInput, type OutputOf } from './derived-inputs.ts';
import type { OutputReference, StepInput } from './pipeline.ts';
import { readSteps, type StepRow } from './read-pipelines.ts';

export interface AdvanceDeps extends CreateJobDeps, DerivedInputDeps {}

/**
 * Brings a pipeline as far as the jobs of its steps allow: notes which have ended, skips what cannot begin any more,
 * makes the jobs of what can, and ends the pipeline with its last step.
 *
 * All of that is one transaction, under a lock on the pipeline's row, so that whoever dies in the middle has done
 * nothing, whoever comes second finds it done, and a step never has two jobs. Only what earlier outputs are is looked
 * up before it; then it begins again.
 *
 * @param onMade the jobs that were made, also those that were finished at once; their rows are committed
 * @throws AppError that may pass: nothing is lost, whoever sweeps tries again
 */
export async function advancePipeline(
  deps: AdvanceDeps,
  tenantId: string,
  pipelineId: string,
  onMade: (made: readonly CreatedJob[]) => void,
): Promise<void> {
  const inputs: KnownInputs = new Map();
  for (;;) {
    const { made, unknown } = await inTenantTransaction(deps.tenantDb, tenantId, (trx) =>
      advance(trx, deps, pipelineId, inputs),
    );
    onMade(made);
    if (unknown.length === 0) return;
    for (const output of unknown) {
      inputs.set(keyOf(output), await derivedInput(deps, tenantId, pipelineId, output).catch(forGood));
    }
  }
}

/** Asset ids of outputs, or why there are none, by `keyOf`. */
export type KnownInputs = Map<string, string | AppError>;

export interface Round {
  readonly made: readonly CreatedJob[];
  /** Outputs that are inputs of steps that could begin. */
  readonly unknown: readonly OutputOf[];
}

/**
 * @param onRefusal what becomes of a step whose job cannot be made: it has failed, unless this throws
 */
export async function advance(
  trx: Transaction<Database>,
  deps: CreateJobDeps,
  pipelineId: string,
  inputs: KnownInputs,
  onRefusal: (step: StepRow, error: AppError) => void = () => undefined,
): Promise<Round> {
  const pipeline = await lockActive(trx, pipelineId);
  if (pipeline === undefined) return { made: [], unknown: [] };
  const actor = { tenantId: pipeline.tenant_id, userId: pipeline.owner_id };
  const steps = await settledSteps(trx, pipelineId);
  const made: CreatedJob[] = [];
  const unknown: OutputOf[] = [];
  // In order: what a step refers to stands before it, and is settled here before it.
  for (const [at, step] of steps.entries()) {
    if (step.status !== 'waiting') continue;
    const { verdict, refs } = consider(step, steps);
    if (verdict === 'wait') continue;
    if (verdict === 'skip') {
      steps[at] = await write(trx, step, { status: 'skipped' });
      continue;
    }
    const missing = refs.filter((ref) => !inputs.has(keyOf(ref)));
    unknown.push(...missing);
    if (missing.length > 0) continue;
    const begun = await begin(trx, deps, actor, pipeline.priority, step, steps, inputs);
    if (begun instanceof AppError) {
      onRefusal(step, begun);
      steps[at] = await write(trx, step, { status: 'failed', error_code: begun.code, error_detail: begun.detail });
      continue;
    }
    made.push(begun);
    steps[at] = await write(trx, step, { status: settledStatus(begun.job.status), job_id: begun.job.id });
  }
  await conclude(trx, pipelineId, steps);
  return { made, unknown };
}

/** The pipeline's row, held until the transaction ends; undefined when it is over or gone. */
function lockActive(trx: Transaction<Database>, id: string) {
  return trx
    .selectFrom('pipelines')
    .select(['tenant_id', 'owner_id', 'priority'])
    .where('id', '=', id)
    .where('status', '=', 'active')
    .forUpdate()
    .executeTakeFirst();
}

/** The steps, and in them what has become of their jobs: one that was removed counts as cancelled. */
export async function settledSteps(trx: Transaction<Database>, pipelineId: string): Promise<StepRow[]> {
  await sql`
    update pipeline_steps set status = coalesce(
      (select jobs.status from jobs where jobs.id = pipeline_steps.job_id), 'cancelled')
    where pipeline_id = ${pipelineId} and status = 'started'
      and not exists (
        select from jobs where jobs.id = pipeline_steps.job_id and jobs.status in ('queued', 'active'))`.execute(trx);
  return readSteps(trx, [pipelineId]);
}

/** Ends the pipeline when all of its steps have ended. */
export async function conclude(
  trx: Transaction<Database>,
  pipelineId: string,
  steps: readonly Pick<StepRow, 'status'>[],
): Promise<void> {
  const has = (status: StepRow['status']) => steps.some((step) => step.status === status);
  if (has('waiting') || has('started')) return;
  const status = has('failed') ? 'failed' : has('cancelled') ? 'cancelled' : 'succeeded';
  await trx
    .updateTable('pipelines')
    .set({ status, finished_at: now(), updated_at: now() })
    .where('id', '=', pipelineId)
    .execute();
}

function consider(step: StepRow, steps: readonly StepRow[]) {
  const needed = step.inputs.filter(isReference).map((ref) => ({ ref, from: stepOf(steps, ref) }));
  const refs = needed.map(({ ref, from }) => outputOf(from, ref));
  const ended = needed.map(({ from }) => from.status);
  if (ended.some((status) => status === 'failed' || status === 'cancelled' || status === 'skipped')) {
    return { verdict: 'skip', refs } as const;
  }
  return { verdict: ended.every((status) => status === 'succeeded') ? 'begin' : 'wait', refs } as const;
}

/** @returns why there is no job, for a reason that will not pass */
async function begin(
  trx: Transaction<Database>,
  deps: CreateJobDeps,
  actor: Actor,
  priority: JobPriority,
  step: StepRow,
  steps: readonly StepRow[],
  inputs: KnownInputs,
): Promise<CreatedJob | AppError> {
  const assets: string[] = [];
  for (const input of step.inputs) {
    const asset = isReference(input) ? inputs.get(keyOf(outputOf(stepOf(steps, input), input))) : input.asset;
    if (typeof asset !== 'string') return asset ?? new AppError('INTERNAL', 'An input was not looked up.');
    assets.push(asset);
  }
  const request = { processor: step.processor, params: step.params, inputs: assets, priority };
  const inside = { ...deps, tenantDb: joinTransaction(trx, actor.tenantId) };
  return inSavepoint(trx, () => createJob(inside, actor, request)).catch(forGood);
}

async function write(
  trx: Transaction<Database>,
  step: StepRow,
  values: Partial<Pick<StepRow, 'status' | 'job_id' | 'error_code' | 'error_detail'>>,
): Promise<StepRow> {
  await trx
    .updateTable('pipeline_steps')
    .set(values)
    .where('pipeline_id', '=', step.pipeline_id)
    .where('index', '=', step.index)
    .execute();
  return { ...step, ...values };
}

function settledStatus(status: JobStatus): StepRow['status'] {
  return status === 'queued' || status === 'active' ? 'started' : status;
}

function isReference(input: StepInput): input is OutputReference {
  return 'step' in input;
}

function stepOf(steps: readonly StepRow[], { step }: OutputReference): StepRow {
  const found = steps.find((each) => each.step === step);
  if (found === undefined) throw new Error(`a step refers to ${step}, which is not there`);
  return found;
}

function outputOf(step: StepRow, { output }: OutputReference): OutputOf {
  return { jobId: step.job_id ?? '', index: output };
}

function keyOf({ jobId, index }: OutputOf): string {
  return `${jobId} ${index}`;
}

/** What will not pass is an answer; everything else is thrown. */
function forGood(error: unknown): AppError {
  if (error instanceof AppError && !error.retryable && error.code !== 'INTERNAL') return error;
  throw error;
}
