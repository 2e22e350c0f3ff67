import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { pino } from 'pino';
import type { OpenDatabase } from '#database/database.ts';
import { localTenantId, localUserId } from '#database/local-tenant.ts';
import { memoryFanOut } from '#events/drivers/memory/memory-fan-out.ts';
import type { Actor } from '#kernel/actor.ts';
import { newId } from '#kernel/ids.ts';
import { mebibyte } from '#kernel/units.ts';
import { processorRegistry } from '#processors/registry.ts';
import { createNeeds, type NeedOutcome, type Substitute } from '#sandbox/needs.ts';
import { createSandbox } from '#sandbox/process-sandbox.ts';
import { openLocalObjectStore } from '#storage/drivers/local/local-object-store.ts';
import type { Repeating } from './every.ts';
import { processor as compose } from './fixtures/compose.ts';
import { processor as script } from './fixtures/script.ts';
import type { CreateJob } from './job.ts';
import type { AttemptOutcome, JobMetrics } from './job-metrics.ts';
import { createJobService, type JobService } from './job-service.ts';
import { unfinishedJobs } from './job-watcher.ts';
import { type ReconcilerOptions, startReconciler } from './reconciler.ts';
import { inMs } from './settle-job.ts';
import { type JobWorker, startWorker, type WorkerOptions } from './worker.ts';

export interface TestEngines {
  readonly database: OpenDatabase;
  close(): Promise<void>;
}

export type TestLine = Awaited<ReturnType<typeof openTestLine>>;

export const testActor: Actor = { tenantId: localTenantId, userId: localUserId };

/** A whole line for tests: real database, store and sandbox, with the fixture `test.script` as its processor. */
export async function openTestLine({ database, close }: TestEngines) {
  const { db, tenantDb } = database;
  const root = await realpath(await mkdtemp(join(tmpdir(), 'esteira-jobs-')));
  const scratchRoot = join(root, 'scratch');
  await mkdir(scratchRoot);
  const store = await openLocalObjectStore({ dir: join(root, 'objects') });
  const sandbox = createSandbox({
    processors: Object.fromEntries(
      ['script', 'compose'].map((name) => [`test.${name}`, new URL(`./fixtures/${name}.ts`, import.meta.url).href]),
    ),
    modelsDir: root,
    scratchRoot,
    light: new Set([compose.name]),
    maxLightChildren: 2,
    maxChildren: 2,
    threadsPerChild: 1,
    memoryBudgetBytes: 1_024 * mebibyte,
    rssLimitBytes: 512 * mebibyte,
    maxWaiting: 100,
    idleMs: 60_000,
    recycleAfterJobs: 1_000,
    recycleAboveRssBytes: 400 * mebibyte,
    startTimeoutMs: 30_000,
    log: () => undefined,
  });
  const ended: AttemptOutcome[] = [];
  const met: NeedOutcome[] = [];
  const metrics: JobMetrics = {
    created: () => undefined,
    needMet: (_processor, how) => met.push(how),
    claimed: () => undefined,
    attemptEnded: (_processor, outcome) => ended.push(outcome),
  };
  const log = pino({ level: 'silent' });
  const fanOut = memoryFanOut();
  const processors = processorRegistry([script, compose]);
  const madeElsewhere = new Map<string, string>();
  const substitutes = new Map<string, Substitute>();
  const naming = { processors, madeElsewhere };
  const needs = createNeeds({ sandbox, naming, substitutes, onMet: metrics.needMet });
  const deps = {
    db,
    tenantDb,
    unfinished: unfinishedJobs(db),
    store,
    sandbox,
    processors,
    madeElsewhere,
    needs,
    fanOut,
    metrics,
    log,
    scratchRoot,
  };
  const services: JobService[] = [];
  const workers: JobWorker[] = [];
  const reconcilers: Repeating[] = [];

  /** Another process's service has a fan-out of its own. */
  function service(own: Partial<typeof deps> = {}): JobService {
    const made = createJobService({ ...deps, ...own, maxJobMemoryBytes: 256 * mebibyte, pollMs: 20 });
    services.push(made);
    return made;
  }

  async function worker(options: Partial<WorkerOptions> = {}, own: Partial<typeof deps> = {}): Promise<JobWorker> {
    const started = await startWorker({ ...deps, ...own }, { concurrency: 4, leaseMs: 5_000, ...options });
    workers.push(started);
    return started;
  }

  async function reconcile(soleOwner: boolean, options: Partial<ReconcilerOptions> = {}): Promise<Repeating> {
    const started = await startReconciler(deps, { soleOwner, leaseMs: 4_000, intervalMs: 50, ...options });
    reconcilers.push(started);
    return started;
  }

  async function asset(text: string = randomBytes(8).toString('hex'), actor = testActor): Promise<string> {
    const path = join(root, newId());
    await writeFile(path, text);
    const sha256 = createHash('sha256').update(text).digest('hex');
    await store.putFile(sha256, path);
    const row = { id: newId(), tenant_id: actor.tenantId, owner_id: actor.userId, sha256, media_type: 'text/plain' };
    const audit = { created_by: actor.userId, updated_by: actor.userId };
    await db
      .insertInto('assets')
      .values({ ...row, ...audit, size_bytes: Buffer.byteLength(text) })
      .execute();
    return row.id;
  }

  return {
    ...deps,
    root,
    ended,
    met,
    jobs: service(),
    service,
    worker,
    asset,
    reconcile,
    async close() {
      await Promise.all(reconcilers.map((each) => each.close()));
      await Promise.all(workers.map((each) => each.close(0)));
      for (const each of services) each.close();
      await sandbox.close();
      await fanOut.close();
      await close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

export function request(params: Record<string, unknown> = {}, rest: Partial<CreateJob> = {}): CreateJob {
  return { processor: script.name, inputs: [], params, ...rest };
}

/** What a worker does that dies afterwards: the job is its own. @returns undefined when it is not in line */
export function hold(line: TestLine, id: string, owner = 'a worker that dies', leaseMs = 60_000) {
  return line.db
    .updateTable('jobs')
    .set({
      status: 'active',
      attempt: sql`attempt + 1`,
      lease_owner: owner,
      lease_expires_at: inMs(leaseMs),
      started_at: sql`coalesce(started_at, now())`,
    })
    .where('id', '=', id)
    .where('status', '=', 'queued')
    .where('leader_id', 'is', null)
    .returning(['id', 'attempt'])
    .executeTakeFirst();
}

export function jobRow(line: TestLine, id: string) {
  return line.db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

/** Somebody else's. */
export async function tenant(line: TestLine): Promise<Actor> {
  const actor = { tenantId: newId(), userId: newId() };
  const audit = { created_by: actor.userId, updated_by: actor.userId };
  await line.db
    .insertInto('tenants')
    .values({ id: actor.tenantId, name: 'stranger', ...audit })
    .execute();
  return actor;
}

/** Looks until it is so. @throws Error when that takes a minute */
export async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  const endsMs = performance.now() + 60_000;
  while (!(await isSo())) {
    if (performance.now() > endsMs) throw new Error(`waited in vain until ${isSo}`);
    await sleep(10);
  }
}
