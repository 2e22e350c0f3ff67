import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { sql } from 'kysely';
import type { Actor } from '#kernel/actor.ts';
import type { AppError } from '#kernel/errors.ts';
import { newId } from '#kernel/ids.ts';
import { isCode } from '../../../test/support/is-code.ts';
import { randomFrom } from '../../../test/support/random.ts';
import { openTestPlans, sha256, type TestEngines, type TestPlans } from './test-plans.ts';
import { addUp } from './usage.ts';

/** What is counted and held against a plan, on one database. */
export function testUsage(name: string, makeEngines: () => Promise<TestEngines>): void {
  describe(`usage: ${name}`, { timeout: 180_000 }, () => {
    let world: TestPlans;
    before(async () => {
      world = openTestPlans(await makeEngines());
    });
    after(() => world.close());
    beforeEach(async () => {
      await world.db.deleteFrom('jobs').execute();
    });

    test('a job is counted once, however it came about and whatever happened to it on the way', async () => {
      const actor = await world.tenant();
      const sounds = [await world.upload(actor, 'a wave', 90.5), await world.upload(actor, 'another', 30)];
      const random = randomFrom(14);
      const pick = (count: number) => Math.floor(random() * count);
      for (let round = 0; round < 40; round++) {
        const tag = `picture ${pick(25)}`;
        const what = pick(6);
        if (what < 2) await world.make(actor, tag);
        else if (what === 2) await world.make(actor, tag, [sounds[pick(2)] ?? ''], 'audio.test');
        else if (what === 3) await world.make(actor, tag, sounds, 'audio.test');
        else await world.batch(actor, [tag, `${tag}`, `picture ${pick(25)}`]);
        for (const claim of await world.take(pick(4))) {
          const how = pick(8);
          if (how === 0) await world.again(claim);
          else if (how === 1) await world.failed(claim);
          else if (how === 2) await world.jobs.cancel(actor, claim.id);
          // Whoever is late changes nothing.
          else await Promise.all([world.end(claim), world.end(claim)]);
        }
        if (pick(3) === 0) {
          const { items } = await world.jobs.list(actor, { limit: 50, status: 'failed' });
          const [failed] = items;
          if (failed !== undefined) await world.jobs.retry(actor, failed.id);
        }
        if (pick(5) === 0) await Promise.all([addUp(world.db), addUp(world.db)]);
      }
      const truth = await madeBy(world, actor);
      assert.ok(truth.images > 10 && truth.jobs > truth.images && truth.seconds > 0);
      const check = async () => {
        const used = await world.used(actor);
        assert.deepEqual([used.imagesPerMonth, used.jobs], [truth.images, truth.jobs]);
        assert.ok(Math.abs(used.audioMinutesPerMonth - truth.seconds / 60) < 1e-9);
      };
      await check();
      await addUp(world.db);
      await check();
      // What was made was made.
      await world.db.deleteFrom('jobs').where('tenant_id', '=', actor.tenantId).execute();
      await check();
    });

    test('stored bytes are those of the rows, each object once, while many write', async () => {
      const actor = await world.tenant();
      const random = randomFrom(41);
      const text = () => 'x'.repeat(1 + Math.floor(random() * 30));
      const write = async () => {
        const assets: string[] = [];
        for (let round = 0; round < 15; round++) {
          assets.push(await world.upload(actor, text()));
          await world.make(actor, newId());
          const [claim] = await world.take(1);
          if (claim !== undefined) await world.end(claim, text());
          await keepNeeded(world, actor, `key ${Math.floor(random() * 5)}`, text());
          const gone = assets[Math.floor(random() * assets.length * 2)];
          if (gone !== undefined) await world.db.deleteFrom('assets').where('id', '=', gone).execute();
          if (random() < 0.2) await addUp(world.db);
          if (random() < 0.2) {
            const { items } = await world.jobs.list(actor, { limit: 1, status: 'succeeded' });
            for (const { id } of items) await world.jobs.remove(actor, id).catch(() => undefined);
          }
        }
      };
      await Promise.all([write(), write(), write(), write()]);
      const bytes = await world.storedBytes(actor);
      assert.ok((bytes ?? 0) > 0);
      assert.equal((await world.used(actor)).storedBytes, bytes);
      await world.db.deleteFrom('jobs').where('tenant_id', '=', actor.tenantId).execute();
      await world.db.deleteFrom('assets').where('tenant_id', '=', actor.tenantId).execute();
      await world.db.deleteFrom('needed_results').where('tenant_id', '=', actor.tenantId).execute();
      assert.equal((await world.used(actor)).storedBytes, 0);
      const left = await world.db
        .selectFrom('stored_objects')
        .where('tenant_id', '=', actor.tenantId)
        .selectAll()
        .execute();
      assert.deepEqual(left, []);
    });

    test('of many who ask at once for the last pictures of a month, as many get one as there are', async () => {
      const actor = await world.tenant({ imagesPerMonth: 5 });
      const asked = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => world.make(actor, `one of ${n}`)));
      assert.equal(asked.filter(({ status }) => status === 'fulfilled').length, 5);
      assert.equal(await world.countOf(actor, 'jobs'), 5);
      for (const each of asked) {
        if (each.status === 'fulfilled') continue;
        const { code, extensions } = each.reason as AppError;
        assert.equal(code, 'PLAN_LIMIT');
        const { limit, allowed, used, requested, resetsAt } = extensions;
        assert.deepEqual([limit, allowed, used, requested], ['imagesPerMonth', 5, 5, 1]);
        assert.equal(resetsAt, nextMonth());
      }
    });

    test('what waits and runs is held against the month, what is known or given up is not', async () => {
      const actor = await world.tenant({ imagesPerMonth: 3 });
      await assert.rejects(world.batch(actor, ['a', 'b', 'c', 'd']), (error) => {
        const { used, requested } = (error as AppError).extensions;
        assert.deepEqual([used, requested], [0, 4]);
        return isCode('PLAN_LIMIT')(error);
      });
      assert.deepEqual([await world.countOf(actor, 'jobs'), await world.countOf(actor, 'batches')], [0, 0]);
      await world.batch(actor, ['a', 'b', 'a', 'b']);
      const last = await world.make(actor, 'c');
      await assert.rejects(world.make(actor, 'd'), isCode('PLAN_LIMIT'));
      await world.make(actor, 'c');
      await world.jobs.cancel(actor, last.id);
      // Its follower leads now.
      await assert.rejects(world.make(actor, 'd'), isCode('PLAN_LIMIT'));
      for (const claim of await world.take()) await world.end(claim);
      assert.equal((await world.make(actor, 'a')).status, 'succeeded');
      await assert.rejects(world.make(actor, 'd'), isCode('PLAN_LIMIT'));
      await assert.rejects(world.jobs.retry(actor, last.id), isCode('PLAN_LIMIT'));
      await addUp(world.db);
      await assert.rejects(world.make(actor, 'd'), isCode('PLAN_LIMIT'));
      assert.equal((await world.used(actor)).imagesPerMonth, 3);
      // Another month.
      await world.db
        .updateTable('usage_days')
        .set({ day: sql<string>`to_char(now() at time zone 'utc' - interval '1 month', 'YYYY-MM-DD')` })
        .where('tenant_id', '=', actor.tenantId)
        .execute();
      await world.make(actor, 'd');
    });

    test('sound is measured by its length', async () => {
      const actor = await world.tenant({ audioMinutesPerMonth: 10 });
      const [long, brief] = [await world.upload(actor, 'long', 540), await world.upload(actor, 'brief', 60)];
      await world.make(actor, 'one', [long], 'audio.test');
      await assert.rejects(world.make(actor, 'two', [brief, brief], 'audio.test'), (error) => {
        const { limit, allowed, used, requested } = (error as AppError).extensions;
        assert.deepEqual([limit, allowed, used, requested], ['audioMinutesPerMonth', 10, 9, 2]);
        return isCode('PLAN_LIMIT')(error);
      });
      await world.make(actor, 'two', [brief], 'audio.test');
      await assert.rejects(world.make(actor, 'three', [brief], 'audio.test'), isCode('PLAN_LIMIT'));
      await world.make(actor, 'a picture');
      assert.equal(await world.countOf(actor, 'jobs'), 3);
    });

    test('of many uploads at the edge, no byte more is kept than there is room for', async () => {
      const actor = await world.tenant({ storedBytes: 55 });
      const texts = Array.from({ length: 20 }, (_, n) => `ten bytes${String.fromCharCode(65 + n)}`);
      const kept = await Promise.allSettled(texts.map((text) => world.upload(actor, text)));
      assert.equal(kept.filter(({ status }) => status === 'fulfilled').length, 5);
      assert.equal(await world.countOf(actor, 'assets'), 5);
      await assert.rejects(world.upload(actor, '123456'), (error) => {
        const { limit, allowed, used, requested } = (error as AppError).extensions;
        assert.deepEqual([limit, allowed, used, requested], ['storedBytes', 55, 50, 6]);
        return isCode('QUOTA_EXCEEDED')(error);
      });
      await world.upload(actor, '12345');
      // What is there already needs no room; work needs some.
      await world.upload(actor, texts.find((_, at) => kept[at]?.status === 'fulfilled') ?? '');
      await assert.rejects(world.make(actor, 'a picture'), isCode('QUOTA_EXCEEDED'));
      assert.equal(await world.storedBytes(actor), 55);
    });

    test('uploads that have begun hold their room until they are there or given up', async () => {
      const actor = await world.tenant({ storedBytes: 100, uploadBytes: 60 });
      const begin = async (size_bytes: number | null) => {
        const id = newId();
        const owner = { tenant_id: actor.tenantId, owner_id: actor.userId };
        await world.db
          .insertInto('uploads')
          .values({ id, ...owner, size_bytes, expires_at: sql<Date>`now() + interval '1 hour'` })
          .execute();
        return id;
      };
      const first = await begin(60);
      await assert.rejects(begin(61), isCode('UPLOAD_TOO_LARGE'));
      await assert.rejects(begin(41), isCode('QUOTA_EXCEEDED'));
      await begin(40);
      await assert.rejects(begin(null), isCode('QUOTA_EXCEEDED'));
      await assert.rejects(world.upload(actor, 'in between'), isCode('QUOTA_EXCEEDED'));
      await world.upload(actor, 'x'.repeat(60), null, first);
      assert.equal(await world.countOf(actor, 'uploads'), 2);
      await world.db.deleteFrom('uploads').where('id', '<>', first).execute();
      await assert.rejects(begin(41), isCode('QUOTA_EXCEEDED'));
      await begin(39);
      await world.upload(actor, 'y');
    });
  });
}

async function madeBy({ db }: TestPlans, { tenantId }: Actor) {
  const jobs = await db
    .selectFrom('jobs')
    .select(['id', 'processor'])
    .where('tenant_id', '=', tenantId)
    .where('status', '=', 'succeeded')
    .where('cached', '=', false)
    .execute();
  const ids = new Set(jobs.filter(({ processor }) => processor === 'audio.test').map(({ id }) => id));
  const inputs = await db.selectFrom('job_inputs').select(['job_id', 'duration_seconds']).execute();
  const seconds = inputs.reduce((sum, each) => (ids.has(each.job_id) ? sum + (each.duration_seconds ?? 0) : sum), 0);
  return { jobs: jobs.length, images: jobs.length - ids.size, seconds };
}

async function keepNeeded({ db }: TestPlans, { tenantId }: Actor, key: string, text: string): Promise<void> {
  const row = { sha256: sha256(text), size_bytes: text.length };
  await db
    .insertInto('needed_results')
    .values({ tenant_id: tenantId, result_key: sha256(key), media_type: 'text/plain', data: null, ...row })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'result_key']).doUpdateSet(row))
    .execute();
}

function nextMonth(): string {
  const now = new Date();
  const start = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
  return new Date(start).toISOString().replace('.000', '');
}
