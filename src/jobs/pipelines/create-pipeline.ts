import type { Transaction } from 'kysely';
import { isContention } from '#database/contention.ts';
import type { Database } from '#database/schema.ts';
import type { TenantDatabase } from '#database/tenant-database.ts';
import type { Actor } from '#kernel/actor.ts';
import { hashOfJson } from '#kernel/canonical-json.ts';
import { AppError } from '#kernel/errors.ts';
import { newId } from '#kernel/ids.ts';
import type { CreateJobDeps } from '../create-job.ts';
import { findAssets, inOrder } from '../job-draft.ts';
import { findRepeated } from '../repeated-request.ts';
import { advance, type Round } from './advance-pipeline.ts';
import { aboutStep, type CheckedStep, checkPipeline, ofStep } from './check-pipeline.ts';
import type { CreatePipeline } from './pipeline.ts';

export interface CreatedPipeline extends Round {
  readonly id: string;
}

/** Each round is lost only to another request that got something done. */
const maxRounds = 10;

/**
 * Writes a pipeline and the jobs of the steps that can begin, all or nothing.
 *
 * @throws AppError what is wrong, with the `step`
 */
export async function createPipeline(
  deps: CreateJobDeps,
  actor: Actor,
  request: CreatePipeline,
): Promise<CreatedPipeline> {
  const steps = checkPipeline(deps.processors, request);
  const fingerprint = request.idempotencyKey === undefined ? null : fingerprintOf(request);
  for (let round = 0; round < maxRounds; round++) {
    const repeated = await findRepeated(deps.tenantDb, 'pipelines', actor, request.idempotencyKey, fingerprint);
    if (repeated !== undefined) return { id: repeated, made: [], unknown: [] };
    await checkAssets(deps.tenantDb, actor, steps);
    const id = newId();
    const begun = await deps.tenantDb
      .run(actor.tenantId, async (trx) => {
        if (!(await insertPipeline(trx, actor, id, request, fingerprint, steps))) return undefined;
        return advance(trx, deps, id, new Map(), (step, error) => {
          throw aboutStep(step.step, step.index, error);
        });
      })
      .catch((error) => (isContention(error) ? undefined : Promise.reject(error)));
    if (begun !== undefined) return { id, ...begun };
  }
  throw new AppError('OVERLOADED', 'Too many identical requests at once. Try again in a second.');
}

function fingerprintOf({ idempotencyKey, ...request }: CreatePipeline): string {
  return hashOfJson(request);
}

/** Also those of steps that begin later: whoever mistypes an id should hear of it now. */
async function checkAssets(tenantDb: TenantDatabase, actor: Actor, steps: readonly CheckedStep[]): Promise<void> {
  const assetsOf = (step: CheckedStep) => step.inputs.flatMap((input) => ('asset' in input ? input.asset : []));
  const found = await findAssets(tenantDb, actor, steps.flatMap(assetsOf));
  for (const [index, step] of steps.entries()) ofStep(step.id, index, () => inOrder(found, assetsOf(step)));
}

/** @returns false when another request with this idempotency key was first */
async function insertPipeline(
  trx: Transaction<Database>,
  actor: Actor,
  id: string,
  request: CreatePipeline,
  fingerprint: string | null,
  steps: readonly CheckedStep[],
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('pipelines')
    .values({
      id,
      tenant_id: actor.tenantId,
      owner_id: actor.userId,
      created_by: actor.userId,
      updated_by: actor.userId,
      name: request.name ?? null,
      status: 'active',
      priority: request.priority ?? 'normal',
      metadata: request.metadata === undefined ? null : JSON.stringify(request.metadata),
      webhook_url: request.webhookUrl ?? null,
      idempotency_key: request.idempotencyKey ?? null,
      request_fingerprint: fingerprint,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 1n) return false;
  await trx
    .insertInto('pipeline_steps')
    .values(
      steps.map((step, index) => ({
        pipeline_id: id,
        index,
        step: step.id,
        processor: step.processor,
        params: JSON.stringify(step.params),
        inputs: JSON.stringify(step.inputs),
        status: 'waiting' as const,
      })),
    )
    .execute();
  return true;
}
