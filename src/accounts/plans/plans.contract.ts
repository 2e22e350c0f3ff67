import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { sql } from 'kysely';
import { collect } from '#jobs/collector.ts';
import { runDue } from '#jobs/schedules/scheduler.ts';
import type { Claim } from '#jobs/take-jobs.ts';
import type { Actor } from '#kernel/actor.ts';
import { newId } from '#kernel/ids.ts';
import { isCode } from '../../../test/support/is-code.ts';
import { createKnownPlans } from './known-plans.ts';
import { unlimited } from './plan.ts';
import { openTestPlans, operator, type TestEngines, type TestPlans } from './test-plans.ts';

/** What plans promise, on one database. */
export function testPlans(name: string, makeEngines: () => Promise<TestEngines>): void {
  describe(`plans: ${name}`, { timeout: 180_000 }, () => {
    let world: TestPlans;
    before(async () => {
      world = openTestPlans(await makeEngines());
    });
    after(() => world.close());
    beforeEach(async () => {
      await world.db.deleteFrom('jobs').execute();
    });

    test('a tenant has no limits until somebody gives it a plan, and that is told and recorded', async () => {
      const actor = await world.tenant();
      assert.deepEqual(await world.plans.of(actor.tenantId), unlimited);
      const ids = (await world.catalog.list()).map(({ id }) => id);
      for (const id of ['unlimited', 'free', 'studio']) assert.ok(ids.includes(id));
      world.acts.length = 0;
      await world.catalog.assign(operator, actor.tenantId, { planId: 'free' });
      assert.equal((await world.plans.of(actor.tenantId)).plan.imagesPerMonth, 100);
      await world.catalog.assign(operator, actor.tenantId, { status: 'suspended' });
      const { plan, status } = await world.plans.of(actor.tenantId);
      assert.deepEqual([plan.id, status], ['free', 'suspended']);
      const [{ action, tenantId, before: was, after: is } = assert.fail()] = world.acts;
      assert.deepEqual([action, tenantId], ['tenant.plan-assigned', actor.tenantId]);
      assert.deepEqual(
        [was, is],
        [
          { planId: 'unlimited', status: 'active' },
          { planId: 'free', status: 'active' },
        ],
      );
    });

    test('plans are made, changed for everybody who has them, and removed when nobody has', async () => {
      const plan = { ...unlimited.plan, id: 'tiny', name: 'Tiny', imagesPerMonth: 1 };
      const actor = await world.tenant();
      await world.catalog.create(operator, plan);
      await assert.rejects(world.catalog.create(operator, plan), isCode('PLAN_NAME_TAKEN'));
      await world.catalog.assign(operator, actor.tenantId, { planId: 'tiny' });
      assert.equal((await world.plans.of(actor.tenantId)).plan.imagesPerMonth, 1);
      await world.catalog.change(operator, { ...plan, imagesPerMonth: 2 });
      assert.equal((await world.plans.of(actor.tenantId)).plan.imagesPerMonth, 2);
      await assert.rejects(world.catalog.remove(operator, 'tiny'), isCode('PLAN_IN_USE'));
      await assert.rejects(world.catalog.change(operator, unlimited.plan), isCode('PLAN_IN_USE'));
      await assert.rejects(world.catalog.remove(operator, 'unlimited'), isCode('PLAN_IN_USE'));
      await assert.rejects(world.catalog.remove(operator, 'no-such'), isCode('PLAN_NOT_FOUND'));
      await assert.rejects(
        world.catalog.assign(operator, actor.tenantId, { planId: 'no-such' }),
        isCode('PLAN_NOT_FOUND'),
      );
      await assert.rejects(world.catalog.assign(operator, newId(), { planId: 'free' }), isCode('TENANT_NOT_FOUND'));
      await world.catalog.assign(operator, actor.tenantId, { planId: 'unlimited' });
      await world.catalog.remove(operator, 'tiny');
    });

    test('plans are kept in memory: for so many tenants, for so long, until somebody says that they changed', async () => {
      const [one, two, three] = [await world.tenant(), await world.tenant(), await world.tenant()];
      const options = { maxKnown: 2, keepMs: 60_000 };
      const known = createKnownPlans(world, options);
      const brief = createKnownPlans(world, { keepMs: 0 });
      const imagesOf = async (plans: typeof known, { tenantId }: Actor) =>
        (await plans.of(tenantId)).plan.imagesPerMonth;
      for (const actor of [one, two]) assert.equal(await imagesOf(known, actor), null);
      await world.db.updateTable('tenants').set({ plan_id: 'free' }).execute();
      for (const actor of [one, two]) assert.equal(await imagesOf(known, actor), null, 'from memory');
      assert.equal(await imagesOf(brief, one), 100);
      assert.equal(await imagesOf(known, three), 100);
      assert.equal(await imagesOf(known, one), 100, 'the oldest had to go');
      world.fanOut.tell('access-changed', [two.tenantId]);
      assert.equal(await imagesOf(known, two), 100);
      await world.db.updateTable('tenants').set({ plan_id: 'unlimited' }).execute();
      world.fanOut.tell('access-changed', []);
      assert.equal(await imagesOf(known, two), null);
      await assert.rejects(known.of(newId()), isCode('TENANT_NOT_FOUND'));
      known.close();
      brief.close();
    });

    test('who is suspended gets nothing new; what runs ends, what waits waits', async () => {
      const actor = await world.tenant();
      await world.make(actor, 'running');
      const [running] = await world.take(1);
      await world.make(actor, 'waiting');
      await world.catalog.assign(operator, actor.tenantId, { status: 'suspended' });
      for (const ask of [
        () => world.make(actor, 'new'),
        () => world.make(actor, 'running'),
        () => world.batch(actor, ['new']),
        () => world.upload(actor, 'new'),
      ]) {
        await assert.rejects(ask(), isCode('TENANT_SUSPENDED'));
      }
      assert.deepEqual(await world.take(), []);
      assert.deepEqual(await world.end(running as Claim), [running?.id]);
      // What is there can be had.
      assert.equal((await world.make(actor, 'running')).status, 'succeeded');
      await world.catalog.assign(operator, actor.tenantId, { status: 'active' });
      assert.equal((await world.take()).length, 1);
    });

    test('a schedule that comes due says that its tenant is suspended, and goes on afterwards', async () => {
      const { tenantId, userId } = await world.tenant();
      const by = { owner_id: userId, created_by: userId, updated_by: userId };
      const work = {
        kind: 'job',
        request: JSON.stringify({ processor: 'image.test', inputs: [], params: {} }),
      } as const;
      const id = newId();
      await world.db
        .insertInto('schedules')
        .values({ id, tenant_id: tenantId, ...by, ...work, cron: '* * * * *', time_zone: 'UTC', overlap: 'skip' })
        .execute();
      const due = async () => {
        // As the clock of schedules writes it, which counts no microseconds.
        await world.db
          .updateTable('schedules')
          .set({ next_at: sql<Date>`date_trunc('milliseconds', now())` })
          .where('id', '=', id)
          .execute();
        await runDue({ ...world, log: world.jobDeps.log, pipelines: { create: () => assert.fail() } });
        return await world.db.selectFrom('schedules').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
      };
      await world.catalog.assign(operator, tenantId, { status: 'suspended' });
      const refused = await due();
      assert.deepEqual([refused.run_status, refused.run_error_code], ['failed', 'TENANT_SUSPENDED']);
      await world.catalog.assign(operator, tenantId, { status: 'active' });
      assert.equal((await due()).run_status, 'started');
    });

    test('no more jobs of a tenant run at once than its plan says, and others go on', async () => {
      const [few, many] = [await world.tenant({ concurrentJobs: 2 }), await world.tenant()];
      for (const actor of [few, many]) await world.batch(actor, ['a', 'b', 'c', 'd']);
      const counts = async () => {
        const claims = (await Promise.all([world.take(3), world.take(3), world.take(3)])).flat();
        return { claims, few: claims.filter(({ tenant_id }) => tenant_id === few.tenantId).length };
      };
      const first = await counts();
      assert.deepEqual([first.few, first.claims.length], [2, 6]);
      assert.equal((await counts()).claims.length, 0);
      for (const claim of first.claims) await world.end(claim);
      assert.deepEqual((await counts()).few, 2);
    });

    test('finished jobs are kept as long as the plan says at most', async () => {
      const hourMs = 3_600_000;
      const [brief, lasting] = [await world.tenant({ retentionSeconds: 1_800 }), await world.tenant()];
      for (const actor of [brief, lasting]) await world.make(actor, 'done');
      for (const claim of await world.take()) await world.end(claim);
      await world.db.updateTable('tenants').set({ result_ttl_seconds: 0 }).where('id', '=', brief.tenantId).execute();
      await world.db.updateTable('jobs').set({ finished_at: sql<Date>`finished_at - interval '1 hour'` }).execute();
      const deps = { ...world, store: world.jobDeps.store, scratchRoot: '/nonexistent', log: world.jobDeps.log };
      await collect(deps, { minAgeMs: hourMs, resultTtlMs: 2 * hourMs, objects: false });
      assert.deepEqual([await world.countOf(brief, 'jobs'), await world.countOf(lasting, 'jobs')], [0, 1]);
    });
  });
}
