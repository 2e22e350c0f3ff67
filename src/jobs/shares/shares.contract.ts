import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import { newId } from '#kernel/ids.ts';
import { isCode } from '../../../test/support/is-code.ts';
import { collect } from '../collector.ts';
import type { Job } from '../job.ts';
import { openTestLine, request, type TestEngines, type TestLine, tenant, testActor } from '../test-line.ts';
import { openShare } from './open-share.ts';
import type { Shares } from './share.ts';
import { createShareService } from './share-service.ts';

const hourSeconds = 3_600;

/** What shares promise, on one database. */
export function testShares(name: string, makeEngines: () => Promise<TestEngines>): void {
  describe(`shares: ${name}`, { timeout: 120_000 }, () => {
    let line: TestLine;
    let shares: Shares;
    let job: Job;

    before(async () => {
      line = await openTestLine(await makeEngines());
      shares = createShareService({ ...line, maxShares: 3 });
      await line.worker();
      job = await finished();
    });
    after(() => line.close());

    async function finished(): Promise<Job> {
      const { id } = await line.jobs.create(testActor, request({ tag: newId().slice(-20) }));
      return await line.jobs.waitFor(testActor, id, 60_000);
    }

    const share = (jobId: string, outputIndex = 0) =>
      shares.create(testActor, { jobId, outputIndex, name: ' mix.html ', expiresInSeconds: hourSeconds });

    test('an output is open to anybody until it is taken back', async () => {
      const made = await share(job.id);
      assert.deepEqual([made.jobId, made.outputIndex, made.name], [job.id, 0, 'mix.html']);
      assert.deepEqual(await shares.list(testActor, job.id), [made]);
      const opened = await openShare(line.db, made.id);
      const [output] = job.outputs;
      assert.deepEqual([opened?.sha256, opened?.name], [output?.sha256, 'mix.html']);
      await shares.revoke(testActor, made.id);
      assert.equal(await openShare(line.db, made.id), undefined);
      assert.deepEqual(await shares.list(testActor), []);
      await assert.rejects(shares.revoke(testActor, made.id), isCode('SHARE_NOT_FOUND'));
    });

    test('it ends by itself', async () => {
      const { id } = await share(job.id);
      await line.db
        .updateTable('shares')
        .set({ expires_at: sql<Date>`now() - interval '1 second'` })
        .where('id', '=', id)
        .execute();
      assert.equal(await openShare(line.db, id), undefined);
      assert.deepEqual(await shares.list(testActor), []);
    });

    test('only what there is can be shared, by whom it belongs to', async () => {
      const other = await tenant(line);
      const foreign = { jobId: job.id, outputIndex: 0, expiresInSeconds: hourSeconds };
      await assert.rejects(shares.create(other, foreign), isCode('JOB_NOT_FOUND'));
      await assert.rejects(share('nobody'), isCode('JOB_NOT_FOUND'));
      await assert.rejects(share(newId()), isCode('JOB_NOT_FOUND'));
      await assert.rejects(share(job.id, 9), isCode('OUTPUT_NOT_FOUND'));
      const { id: refused } = await line.jobs.create(testActor, request({ tag: newId().slice(-20), end: 'refuse' }));
      await line.jobs.waitFor(testActor, refused, 60_000);
      await assert.rejects(share(refused), isCode('JOB_NOT_FINISHED'));

      const made = await share(job.id);
      await assert.rejects(shares.revoke(other, made.id), isCode('SHARE_NOT_FOUND'));
      assert.deepEqual(await shares.list(other), []);
      for (const id of ['', 'x', newId()]) assert.equal(await openShare(line.db, id), undefined);
      await shares.revoke(testActor, made.id);
    });

    test('there are no more than the limit', async () => {
      const made = [await share(job.id), await share(job.id), await share(job.id)];
      await assert.rejects(share(job.id), isCode('SHARE_LIMIT'));
      for (const { id } of made) await shares.revoke(testActor, id);
      await shares.revoke(testActor, (await share(job.id)).id);
    });

    test('what is shared is kept, and goes when it is not', async () => {
      const shared = await finished();
      const { id } = await share(shared.id);
      await line.db
        .updateTable('jobs')
        .set({ finished_at: sql<Date>`finished_at - interval '1 hour'` })
        .where('id', '=', shared.id)
        .execute();
      const policy = { minAgeMs: 3_600_000, resultTtlMs: 60_000 };
      await collect(line, policy);
      assert.ok((await openShare(line.db, id)) !== undefined);
      await shares.revoke(testActor, id);
      await collect(line, policy);
      await assert.rejects(line.jobs.get(testActor, shared.id), isCode('JOB_NOT_FOUND'));
    });

    test('a job that its owner removes takes its shares along', async () => {
      const gone = await finished();
      const { id } = await share(gone.id);
      await line.jobs.remove(testActor, gone.id);
      assert.equal(await openShare(line.db, id), undefined);
    });
  });
}
