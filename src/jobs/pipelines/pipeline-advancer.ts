import { setTimeout as delay } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type { Logger } from 'pino';
import type { Database } from '#database/schema.ts';
import type { FanOut } from '#events/fan-out.ts';
import { failpoint } from '#kernel/failpoints.ts';
import { every, type Repeating } from '../every.ts';
import type { PipelineService } from './pipeline-service.ts';

export interface PipelineAdvancerDeps {
  /** Of all tenants: it looks for pipelines that could go on; each goes on within its own. */
  readonly db: Kysely<Database>;
  readonly fanOut: FanOut;
  readonly pipelines: Pick<PipelineService, 'advance'>;
  readonly log: Logger;
}

export interface PipelineAdvancerOptions {
  /** How often pipelines are looked for whose step ended unheard. */
  readonly intervalMs: number;
  /** How often those are looked for whose time is over. */
  readonly expiryMs: number;
  /** Finished pipelines are kept this long, where their tenant has no time of its own. */
  readonly resultTtlMs: number;
}

const betweenLooksMs = 20;
/** At most so many of one look; the next one sees the others. */
const pipelinesAtOnce = 200;

/**
 * Lets the next steps begin when jobs end: at once when it hears of it, otherwise with the next look into the database,
 * where all of the truth is. Any number of processes may run one.
 */
export function startPipelineAdvancer(
  { db, fanOut, pipelines, log }: PipelineAdvancerDeps,
  { intervalMs, expiryMs, resultTtlMs }: PipelineAdvancerOptions,
): Repeating {
  let closed = false;
  let running: Promise<void> = Promise.resolve();
  const heard = new Set<string>();
  let busy = false;

  async function advanceAll(found: readonly Found[]): Promise<void> {
    for (const { id, tenantId } of found) {
      if (closed) return;
      failpoint('step-ended');
      await pipelines
        .advance(tenantId, id)
        .catch((error: unknown) =>
          log.warn({ err: error, pipelineId: id }, 'could not advance a pipeline; trying again'),
        );
    }
  }

  /** Most jobs belong to no pipeline: those that end at about the same time are looked up together. */
  async function hear(): Promise<void> {
    while (heard.size > 0 && !closed) {
      const jobIds = [...heard];
      heard.clear();
      await advanceAll(await pipelinesOf(db, jobIds));
      await delay(betweenLooksMs);
    }
  }

  const silence = fanOut.on('job-finished', (ids) => {
    for (const id of ids) heard.add(id);
    if (busy || heard.size === 0) return;
    busy = true;
    running = hear()
      .catch((error: unknown) => log.warn({ err: error }, 'could not look up pipelines; trying again'))
      .finally(() => {
        busy = false;
      });
  });

  const failed = (error: unknown): void => log.warn({ err: error }, 'could not look for pipelines; trying again');
  const sweep = every(intervalMs, async () => advanceAll(await stalledPipelines(db)), failed);
  const expiry = every(expiryMs, () => removeExpired(db, resultTtlMs), failed);

  return {
    async close() {
      closed = true;
      silence();
      await Promise.all([sweep.close(), expiry.close(), running]);
    },
  };
}

interface Found {
  readonly id: string;
  readonly tenantId: string;
}

async function pipelinesOf(db: Kysely<Database>, jobIds: readonly string[]): Promise<Found[]> {
  return await db
    .selectFrom('pipeline_steps')
    .innerJoin('pipelines', 'pipelines.id', 'pipeline_id')
    .select(['pipelines.id', 'pipelines.tenant_id as tenantId'])
    .distinct()
    .where('job_id', '=', sql<string>`any(${jobIds}::uuid[])`)
    .where('pipeline_steps.status', '=', 'started')
    .execute();
}

/**
 * Pipelines in which something could be done: a step's job has ended, or is gone, and that is not noted; or a step waits
 * for nothing.
 */
async function stalledPipelines(db: Kysely<Database>): Promise<Found[]> {
  const { rows } = await sql<Found>`
    select id, tenant_id as "tenantId" from pipelines where status = 'active' and (
      exists (
        select from pipeline_steps as step where step.pipeline_id = pipelines.id and step.status = 'started'
          and not exists (select from jobs where jobs.id = step.job_id and jobs.status in ('queued', 'active')))
      or exists (
        select from pipeline_steps as step where step.pipeline_id = pipelines.id and step.status = 'waiting'
          and not exists (
            select from jsonb_array_elements(step.inputs) as input
            join pipeline_steps as earlier
              on earlier.pipeline_id = step.pipeline_id and earlier.step = input ->> 'step'
            where earlier.status in ('waiting', 'started')))
      or not exists (
        select from pipeline_steps as step
        where step.pipeline_id = pipelines.id and step.status in ('waiting', 'started')))
    order by id limit ${pipelinesAtOnce}`.execute(db);
  return rows;
}

/** What their steps made for each other goes with them; the jobs have an end of their own. */
async function removeExpired(db: Kysely<Database>, ttlMs: number): Promise<void> {
  await sql`
    delete from pipelines using tenants
    where tenants.id = pipelines.tenant_id and finished_at < now() - make_interval(secs => kept_seconds(tenants, ${ttlMs / 1_000}))`.execute(
    db,
  );
}
