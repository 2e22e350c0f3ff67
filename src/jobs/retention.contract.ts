import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import { AppError } from '#kernel/errors.ts';
import { collect } from './collector.ts';
import type { Job } from './job.ts';
import { openTestLine, request, type TestEngines, type TestLine, tenant, testActor } from './test-line.ts';

/** For how long results are kept, and that nothing goes which somebody refers to, on one database. */
export function testRetention(name: string, makeEngines: () => Promise<TestEngines>): void {
  describe(`retention: ${name}`, { timeout: 120_000 }, () => {
    let line: TestLine;
    before(async () => {
      line = await openTestLine(await makeEngines());
    });
    after(() => line.close());

    test('results are kept as long as their tenant’s plan says, else as long as the configuration does', async () => {
      const worker = await line.worker();
      const [brief, lasting] = [await tenant(line), await tenant(line)];
      const done = new Map<string, Job>();
      for (const actor of [testActor, brief, lasting]) {
        const { id } = await line.jobs.create(actor, request({ tag: actor.tenantId.slice(0, 20) }));
        done.set(actor.tenantId, await line.jobs.waitFor(actor, id, 60_000));
      }
      const setTtl = (id: string, result_ttl_seconds: number | null) =>
        line.db.updateTable('tenants').set({ result_ttl_seconds }).where('id', '=', id).execute();
      await setTtl(brief.tenantId, 60);
      await setTtl(lasting.tenantId, 0);
      await line.db.updateTable('jobs').set({ finished_at: sql<Date>`finished_at - interval '1 hour'` }).execute();
      const left = async () => {
        const rows = await line.db.selectFrom('jobs').select('tenant_id').orderBy('id').execute();
        return rows.map((row) => row.tenant_id);
      };

      await collect(line, { minAgeMs: 3_600_000, resultTtlMs: 2 * 3_600_000 });
      assert.deepEqual(await left(), [testActor.tenantId, lasting.tenantId]);
      await collect(line, { minAgeMs: 3_600_000, resultTtlMs: 60_000 });
      assert.deepEqual(await left(), [lasting.tenantId]);
      await setTtl(lasting.tenantId, null);
      await collect(line, { minAgeMs: 3_600_000, resultTtlMs: 60_000 });
      assert.deepEqual(await left(), []);
      await worker.close(1_000);
    });

    test('while jobs are made, shared, finished and removed, collection takes only what nobody refers to', async () => {
      const worker = await line.worker();
      const ends = performance.now() + 8_000;
      const isOn = () => performance.now() < ends;
      // Longer than any of these takes from its bytes to its row, and shorter than the test: much is old enough.
      const policy = { minAgeMs: 3_000, resultTtlMs: 2_000 };
      let collected = 0;
      let finished = 0;

      const collecting = async () => {
        while (isOn()) collected += (await collect(line, policy)).objects;
      };
      const working = async (client: number) => {
        for (let round = 0; isOn(); round++) {
          // Few texts and few tags: inputs, results and objects are shared, in flight and afterwards.
          const asset = await line.asset(`input ${(client + round) % 3}`);
          const asked = request({ tag: `${round % 4}` }, { inputs: [asset] });
          const { id } = await line.jobs.create(testActor, asked);
          if (round % 2 === 0) await line.db.deleteFrom('assets').where('id', '=', asset).execute();
          const job = await line.jobs.waitFor(testActor, id, 30_000).catch(expired);
          if (job === undefined) continue;
          assert.deepEqual([job.status, job.error], ['succeeded', null]);
          finished += 1;
          if (round % 3 === 0) await line.jobs.remove(testActor, id).catch(expired);
        }
      };
      await Promise.all([collecting(), collecting(), ...[0, 1, 2].map(working)]);

      assert.ok(finished >= 20 && collected >= 1, `${finished} jobs finished, ${collected} objects were collected`);
      for (const sha256 of await referred(line)) {
        assert.notEqual(await line.store.sizeOf(sha256), undefined, `${sha256} is referred to and gone`);
      }
      await worker.close(1_000);
    });
  });
}

/** A job that was looked for when its time was over. */
function expired(error: unknown): undefined {
  if (!(error instanceof AppError && error.code === 'JOB_NOT_FOUND')) throw error;
}

async function referred({ db }: TestLine): Promise<Set<string>> {
  const tables = ['assets', 'job_outputs', 'needed_results'] as const;
  const rows = await Promise.all(tables.map((table) => db.selectFrom(table).select('sha256').execute()));
  return new Set(rows.flat().map(({ sha256 }) => sha256));
}
