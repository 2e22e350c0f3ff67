import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { pino } from 'pino';
import { Type } from 'typebox';
import type { Act } from '#audit/audit.ts';
import type { OpenDatabase } from '#database/database.ts';
import { localUserId } from '#database/local-tenant.ts';
import { memoryFanOut } from '#events/drivers/memory/memory-fan-out.ts';
import { createBatchService } from '#jobs/batches/batch-service.ts';
import type { JobOutput } from '#jobs/job.ts';
import { createJobService } from '#jobs/job-service.ts';
import { jobEndings } from '#jobs/job-statements.ts';
import { unfinishedJobs } from '#jobs/job-watcher.ts';
import { fail, requeue, succeed } from '#jobs/settle-job.ts';
import { type Claim, takeJobs } from '#jobs/take-jobs.ts';
import type { Actor } from '#kernel/actor.ts';
import { newId } from '#kernel/ids.ts';
import { mebibyte } from '#kernel/units.ts';
import { defineProcessor } from '#processors/contract.ts';
import { processorRegistry } from '#processors/registry.ts';
import type { ObjectStore } from '#storage/object-store.ts';
import type { Acting } from '../acting.ts';
import { localPrincipal } from '../local-access.ts';
import { createKnownPlans } from './known-plans.ts';
import { type Plan, unlimited } from './plan.ts';
import { createPlanCatalog } from './plan-service.ts';
import { createUsageReader, type MeasuredLimit } from './usage.ts';

export interface TestEngines {
  readonly database: OpenDatabase;
  close(): Promise<void>;
}

export type TestPlans = ReturnType<typeof openTestPlans>;

export const operator: Acting = { principal: localPrincipal };

const like = (name: string, accepts: string) =>
  defineProcessor({
    name,
    version: 1,
    title: { en: name, 'pt-BR': name },
    accepts: [accepts],
    inputs: { min: 0, max: 2 },
    params: Type.Object({ tag: Type.String({ default: '' }) }, { additionalProperties: false }),
    modelHashes: () => [],
    estimate: () => ({ memoryBytes: 1, cpuSeconds: 1 }),
    deadlineMs: () => 1_000,
  });

/** Plans, and work that is counted, on a real database; what workers do is done by hand. */
export function openTestPlans({ database, close }: TestEngines) {
  const { db, tenantDb } = database;
  const acts: Act[] = [];
  const fanOut = memoryFanOut();
  const audit = { record: async (act: Act) => void acts.push(act) };
  const processors = processorRegistry([like('image.test', 'image/png'), like('audio.test', 'audio/wav')]);
  const plans = createKnownPlans({ db, fanOut });
  const catalog = createPlanCatalog({ db, fanOut, audit });
  const usage = createUsageReader(db);
  const none = () => undefined;
  const jobDeps = {
    tenantDb,
    unfinished: unfinishedJobs(db),
    // Every object is there that a row speaks of.
    store: { sizeOf: async (sha256: string) => sizes.get(sha256) } as unknown as ObjectStore,
    processors,
    madeElsewhere: new Map<string, string>(),
    maxJobMemoryBytes: mebibyte,
    fanOut,
    log: pino({ level: 'silent' }),
    metrics: { created: none, needMet: none, claimed: none, attemptEnded: none },
  };
  const sizes = new Map<string, number>();
  const jobs = createJobService(jobDeps);
  const batches = createBatchService(jobDeps);
  const endings = jobEndings(db);

  async function tenant(limits: Partial<Plan> = {}): Promise<Actor> {
    const actor = { tenantId: newId(), userId: newId() };
    const by = { created_by: localUserId, updated_by: localUserId };
    await db
      .insertInto('tenants')
      .values({ id: actor.tenantId, name: 'somebody', ...by })
      .execute();
    if (Object.keys(limits).length > 0) {
      const plan = { ...unlimited.plan, ...limits, id: `plan-${actor.tenantId.slice(0, 30)}` };
      await catalog.create(operator, plan);
      await catalog.assign(operator, actor.tenantId, { planId: plan.id });
    }
    return actor;
  }

  /** An upload that has arrived. @param id that was given out for it before */
  async function upload(
    { tenantId, userId }: Actor,
    text: string,
    durationSeconds: number | null = null,
    id = newId(),
  ): Promise<string> {
    const by = { owner_id: userId, created_by: userId, updated_by: userId };
    const media_type = durationSeconds === null ? 'image/png' : 'audio/wav';
    const media = { media_type, size_bytes: text.length, duration_seconds: durationSeconds };
    await tenantDb.run(tenantId, (trx) =>
      trx
        .insertInto('assets')
        .values({ id, tenant_id: tenantId, sha256: sha256(text), ...media, ...by })
        .execute(),
    );
    return id;
  }

  const make = (actor: Actor, tag: string, inputs: readonly string[] = [], processor = 'image.test') =>
    jobs.create(actor, { processor, inputs, params: { tag } });

  const batch = (actor: Actor, tags: readonly string[]) =>
    batches.create(actor, {
      processor: 'image.test',
      params: {},
      items: tags.map((tag) => ({ inputs: [], params: { tag } })),
    });

  const countOf = async ({ tenantId }: Actor, table: 'jobs' | 'batches' | 'assets' | 'uploads') =>
    (await db.selectFrom(table).select('id').where('tenant_id', '=', tenantId).execute()).length;

  const take = (count = 1_000): Promise<Claim[]> =>
    takeJobs(db, {
      processors: ['image.test', 'audio.test'],
      count,
      after: '00000000-0000-0000-0000-000000000000',
      owner: 'a worker',
      leaseMs: 60_000,
      limits: { perProcessor: {} },
    });

  /** @param made the text that is its output */
  const end = (claim: Claim, made = claim.id) => succeed(endings, claim, [outputOf(made)]);

  function outputOf(text: string): JobOutput {
    sizes.set(sha256(text), text.length);
    return { index: 0, mediaType: 'text/plain', sizeBytes: text.length, sha256: sha256(text), data: null };
  }

  return {
    ...{ db, tenantDb, acts, fanOut, plans, catalog, jobs, batches, jobDeps },
    ...{ tenant, upload, make, batch, countOf, take, end },
    failed: (claim: Claim) => fail(endings, claim, { code: 'JOB_FAILED', detail: 'It failed.' }),
    again: (claim: Claim) => requeue(db, claim, 0, true),
    async used(actor: Actor) {
      const { limits, days } = await usage.of(actor.tenantId);
      const jobsDone = days.reduce((sum, day) => sum + day.jobs, 0);
      const used = Object.fromEntries(limits.map((limit) => [limit.name, limit.used]));
      return { ...(used as Record<MeasuredLimit, number>), jobs: jobsDone };
    },
    /** What is stored, looked up in the rows themselves. */
    async storedBytes({ tenantId }: Actor) {
      const { rows } = await sql<{ bytes: number }>`
        select coalesce(sum(size_bytes), 0)::bigint as bytes from (
          select sha256, size_bytes from assets where tenant_id = ${tenantId}
          union select sha256, size_bytes from needed_results where tenant_id = ${tenantId}
          union select job_outputs.sha256, job_outputs.size_bytes from job_outputs
            join jobs on jobs.id = job_outputs.job_id where tenant_id = ${tenantId}) as object`.execute(db);
      return rows[0]?.bytes;
    },
    async close() {
      jobs.close();
      plans.close();
      await fanOut.close();
      await close();
    },
  };
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
