import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import { lineReader, readLine } from './line-depth.ts';
import { hold, openTestLine, request, type TestEngines, type TestLine, testActor } from './test-line.ts';

/** What the line says of itself, on one database. */
export function testLineDepth(name: string, makeEngines: () => Promise<TestEngines>): void {
  describe(`depth of the line: ${name}`, { timeout: 60_000 }, () => {
    let line: TestLine;
    before(async () => {
      line = await openTestLine(await makeEngines());
    });
    after(() => line.close());

    const create = (tag: string, processor = 'test.script', inputs: string[] = []) =>
      line.jobs.create(
        testActor,
        request(processor === 'test.script' ? { tag } : { colour: tag }, { processor, inputs }),
      );
    /** The database's clock, as the line itself. */
    const available = (id: string, seconds: number) =>
      sql`update jobs set available_at = now() + ${seconds} * interval '1 second' where id = ${id}`.execute(line.db);

    test('counts what can be taken, what is put off and what runs, and says how long the oldest waits', async () => {
      assert.deepEqual(await readLine(line.db), []);
      const [old, young, later, lost, running, done] = await Promise.all(
        ['old', 'young', 'later', 'lost', 'running', 'done'].map((tag) => create(tag)),
      );
      const follower = await create('old');
      const composed = await create('white', 'test.compose', [await line.asset()]);
      await available(old?.id ?? '', -90);
      await available(young?.id ?? '', -5);
      await available(later?.id ?? '', 30);
      // Written before the clock went back an hour: taken, and so counted, as if its time had come.
      await available(lost?.id ?? '', 3_600);
      await hold(line, running?.id ?? '');
      await line.jobs.cancel(testActor, done?.id ?? '');
      assert.equal(follower.status, 'queued');

      const [compose, script, ...others] = await readLine(line.db);
      assert.ok(compose && script && others.length === 0);
      assert.deepEqual([compose.processor, compose.waiting, compose.active], ['test.compose', 1, 0]);
      assert.ok(compose.oldestSeconds >= 0 && compose.oldestSeconds < 60, `${compose.oldestSeconds}`);
      const { oldestSeconds, ...counts } = script;
      assert.deepEqual(counts, { processor: 'test.script', waiting: 3, delayed: 1, active: 1 });
      assert.ok(oldestSeconds >= 90 && oldestSeconds < 150, `${oldestSeconds}`);

      await hold(line, composed.id);
      const [held] = await readLine(line.db);
      assert.deepEqual(held, { processor: 'test.compose', waiting: 0, delayed: 0, active: 1, oldestSeconds: 0 });
    });

    test('many who ask share one look, and processors without work are shown', async () => {
      const read = lineReader(line.db, ['test.alone', 'test.script'], 60_000);
      const first = await read();
      assert.deepEqual(
        first.map(({ processor, active }) => [processor, active]),
        [
          ['test.alone', 0],
          ['test.compose', 1],
          ['test.script', 1],
        ],
      );
      await create('one more');
      assert.equal(await read(), first);
      assert.notDeepEqual(await lineReader(line.db)(), first);
    });
  });
}
