import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { sql } from 'kysely';
import type { Actor } from '#kernel/actor.ts';
import { mebibyte } from '#kernel/units.ts';
import { createBatchService } from './batches/batch-service.ts';
import type { JobPriority } from './job.ts';
import { jobEndings } from './job-statements.ts';
import { requeue, succeed } from './settle-job.ts';
import { type Claim, noTenant, type TakeOptions, takeJobs } from './take-jobs.ts';
import { openTestLine, request, type TestEngines, type TestLine, tenant, testActor, until } from './test-line.ts';

/** Whose turn it is, on one database. */
export function testFairness(name: string, makeEngines: () => Promise<TestEngines>): void {
  describe(`turns: ${name}`, { timeout: 120_000 }, () => {
    let line: TestLine;
    before(async () => {
      line = await openTestLine(await makeEngines());
    });
    after(() => line.close());
    beforeEach(() => line.db.deleteFrom('jobs').execute());

    const both = ['test.script', 'test.compose'];
    const take = (count: number, options: Partial<TakeOptions> = {}): Promise<Claim[]> =>
      takeJobs(line.db, {
        processors: both,
        count,
        after: noTenant,
        owner: 'a worker',
        leaseMs: 60_000,
        limits: { perProcessor: {} },
        ...options,
      });
    const tags = (claims: readonly Claim[]) => claims.map(({ params }) => params['tag']);
    const ask = (tag: string, actor: Actor = testActor, priority: JobPriority = 'normal') =>
      line.jobs.create(actor, request({ tag }, { priority }));
    const batch = (actor: Actor, count: number) =>
      createBatchService({ ...line, maxJobMemoryBytes: 256 * mebibyte }).create(actor, {
        processor: 'test.script',
        params: {},
        items: Array.from({ length: count }, (_, n) => ({ inputs: [], params: { tag: `item ${n}` } })),
        priority: 'high',
      });

    test('a thousand jobs of one tenant delay another’s by one', async () => {
      const [many, few] = [await tenant(line), await tenant(line)];
      await batch(many, 1_000);
      const [running] = await take(1);
      assert.deepEqual(tags(running === undefined ? [] : [running]), ['item 0']);
      await ask('alone', few, 'low');
      const turns: (string | undefined)[] = [];
      let after = running?.tenant_id ?? noTenant;
      for (let turn = 0; turn < 3; turn++) {
        const [claim] = await take(1, { after });
        turns.push(claim?.tenant_id);
        after = claim?.tenant_id ?? noTenant;
      }
      assert.ok(turns.slice(0, 2).includes(few.tenantId), 'its turn comes next, or after one other');
      assert.equal(turns.filter((turn) => turn === few.tenantId).length, 1);
    });

    test('behind a thousand of another tenant, a single job waits for two jobs at most', async () => {
      const [many, few] = [await tenant(line), await tenant(line)];
      await batch(many, 1_000);
      const worker = await line.worker({ concurrency: 1 });
      const started = (actor: Actor) =>
        line.db
          .selectFrom('jobs')
          .select('started_at')
          .where('tenant_id', '=', actor.tenantId)
          .where('started_at', 'is not', null)
          .execute();
      await until(async () => (await started(many)).length > 5);
      const { id } = await ask('alone', few, 'low');
      const job = await line.jobs.waitFor(few, id, 60_000);
      await worker.close(0);
      const [asked, taken] = [job.queuedAt, job.startedAt ?? new Date(0)];
      assert.equal(job.status, 'succeeded');
      const before = (await started(many)).filter(({ started_at: at }) => at && at > asked && at < taken);
      assert.ok(before.length <= 2, `${before.length} were started before it`);
    });

    test('tenants take turns, wherever the round begins and however many are taken at once', async () => {
      const actors = [await tenant(line), await tenant(line), await tenant(line)];
      for (const actor of actors) for (const tag of ['1', '2', '3', '4']) await ask(tag, actor);
      const claims = await take(6, { after: actors[1]?.tenantId ?? '' });
      const counts = actors.map((actor) => claims.filter((claim) => claim.tenant_id === actor.tenantId).length);
      assert.deepEqual(counts, [2, 2, 2]);
      assert.deepEqual(tags(claims), ['1', '1', '1', '2', '2', '2']);
      const inOrder = actors.map((actor) => actor.tenantId).toSorted();
      const first = claims[0]?.tenant_id;
      const next = inOrder[(inOrder.indexOf(actors[1]?.tenantId ?? '') + 1) % 3];
      assert.equal(first, next, 'the one after the one that was served last');
    });

    test('within a tenant, urgent goes before short, and short before long', async () => {
      for (const [tag, priority] of [
        ['later', 'low'],
        ['first', 'normal'],
        ['second', 'normal'],
        ['urgent', 'high'],
      ] as const) {
        await ask(tag, testActor, priority);
      }
      await sql`update jobs set turn_at = turn_at + interval '5 minutes' where params ->> 'tag' = 'first'`.execute(
        line.db,
      );
      assert.deepEqual(tags(await take(4)), ['urgent', 'second', 'first', 'later']);
    });

    test('who is not urgent is not forgotten: an hour of others, then it is its turn', async () => {
      await ask('patient', testActor, 'low');
      await sql`update jobs set turn_at = turn_at - interval '1 hour'`.execute(line.db);
      await ask('newer');
      assert.deepEqual(tags(await take(1)), ['patient']);
    });

    test('a worker takes what it can do, past any number of others', async () => {
      await batch(testActor, 100);
      const photo = await line.asset('photo');
      const params = { script: { tag: 'own' } };
      const { id } = await line.jobs.create(testActor, { processor: 'test.compose', inputs: [photo], params });
      const claims = await take(5, { processors: ['test.compose'] });
      assert.deepEqual(
        claims.map((claim) => claim.id),
        [id],
      );
      assert.deepEqual(await take(5, { processors: [] }), []);
    });

    test('of many workers that try at once, each job has one', async () => {
      await batch(testActor, 60);
      const taken = (await Promise.all(Array.from({ length: 12 }, () => take(10)))).flat();
      const missed = await take(60);
      const ids = [...taken, ...missed].map((claim) => claim.id);
      assert.deepEqual([ids.length, new Set(ids).size], [60, 60]);
    });

    test('what is put off, or follows another, has no turn yet', async () => {
      await ask('leader');
      await ask('leader');
      const [claim] = await take(5);
      assert.ok(claim !== undefined);
      assert.deepEqual(await take(5), []);
      await requeue(line.db, claim, 30_000, true);
      assert.deepEqual(await take(5), []);
      await requeue(line.db, claim, 0, false);
      await line.db.updateTable('jobs').set({ available_at: new Date() }).execute();
      assert.equal((await take(5)).length, 1);
    });

    test('no tenant runs more than its share, however many workers ask at once', async () => {
      const [many, few] = [await tenant(line), await tenant(line)];
      await batch(many, 30);
      await ask('alone', few);
      const limits = { perTenant: 3, perProcessor: {} };
      const claims = (await Promise.all(Array.from({ length: 8 }, () => take(4, { limits })))).flat();
      const of = (actor: Actor) => claims.filter((claim) => claim.tenant_id === actor.tenantId);
      assert.deepEqual([of(many).length, of(few).length], [3, 1]);
      const [first] = of(many);
      assert.ok(first !== undefined);
      await succeed(jobEndings(line.db), first, []);
      assert.equal((await take(4, { limits })).length, 1);
    });

    test('no processor runs in more places than it may', async () => {
      await batch(testActor, 10);
      const limits = { perProcessor: { 'test.script': 2 } };
      const claims = (await Promise.all(Array.from({ length: 4 }, () => take(4, { limits })))).flat();
      assert.equal(claims.length, 2);
    });
  });
}
