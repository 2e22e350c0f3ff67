import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { reportContract } from '../../test/support/contracts.ts';
import { type Door, openDoor } from '../../test/support/door.ts';
import { until } from '../../test/support/until.ts';
import type { FanOut, Topic } from './fan-out.ts';

/** A real engine. */
export interface FanOutUnderTest {
  /** `Redis 7.0.15` */
  readonly engine: string;
  /** As another process would have it; the contract closes it. */
  open(): Promise<FanOut>;
  close(): Promise<void>;
}

/** What every driver must do. Where there is one process alone, `open` gives the same one again. */
export function testFanOut(driver: string, make: () => Promise<FanOutUnderTest>): void {
  describe(`fan-out contract: ${driver}`, () => {
    let engine: FanOutUnderTest;
    let here: FanOut;
    let there: FanOut;
    before(async () => {
      engine = await make();
    });
    beforeEach(async () => {
      [here, there] = [await engine.open(), await engine.open()];
    });
    afterEach(() => Promise.all([here.close(), there.close()]));
    after(async () => {
      await engine.close();
      reportContract('fan-out', driver, engine.engine);
    });

    test('says what it is', () => {
      assert.equal(here.driver, driver);
    });

    test('tells this process before it returns', () => {
      const heard = listen(here, 'job-queued');
      here.tell('job-queued', ['a', 'b']);
      assert.deepEqual(heard, [['a', 'b']]);
    });

    test('tells the others', async () => {
      const [first, second] = [listen(there, 'job-finished'), listen(there, 'job-finished')];
      here.tell('job-finished', ['a', 'b']);
      await until(() => assert.deepEqual(idsOf(first), ['a', 'b']));
      assert.deepEqual(first, second);
      there.tell('job-finished', ['c']);
    });

    test('tells nobody twice', async () => {
      const [own, others] = [listen(here, 'changed'), listen(there, 'changed')];
      here.tell('changed', ['a']);
      await until(() => assert.equal(others.length, 1));
      // What comes back from the engine comes in order: after the second message, an echo of the first would be there.
      there.tell('changed', ['b']);
      await until(() => assert.deepEqual(idsOf(own), ['a', 'b']));
      assert.deepEqual(idsOf(others), ['a', 'b']);
    });

    test('keeps topics apart', async () => {
      const [stopped, queued] = [listen(there, 'job-stopped'), listen(there, 'job-queued')];
      here.tell('job-stopped', ['stopped']);
      here.tell('job-queued', ['queued']);
      await until(() => assert.deepEqual([idsOf(stopped), idsOf(queued)], [['stopped'], ['queued']]));
    });

    test('without ids: look for yourself', async () => {
      const heard = listen(there, 'changed');
      here.tell('changed');
      await until(() => assert.deepEqual(heard, [[]]));
    });

    test('carries any text, or says: look for yourself', async () => {
      const heard = listen(there, 'cache-dropped');
      const strange = ['it\'s "quoted"', '{a,b}', 'line\nbreak', '\\', 'maçã 🍎', '\u0001', ''];
      here.tell('cache-dropped', strange);
      await until(() => assert.deepEqual(idsOf(heard), strange));
      for (const long of ['x'.repeat(100_000), '🍎'.repeat(30_000)]) {
        heard.length = 0;
        here.tell('cache-dropped', [long]);
        await until(() => assert.ok(looksForItself(heard) || idsOf(heard)[0] === long));
      }
    });

    test('loses no id of many, or says: look for yourself', async () => {
      for (const count of [150, 210, 900, 5_000]) {
        const heard = listen(there, 'job-finished');
        const ids = Array.from({ length: count }, () => randomUUID());
        here.tell('job-finished', ids);
        await until(() => assert.ok(looksForItself(heard) || idsOf(heard).length === count));
        if (!looksForItself(heard)) assert.deepEqual(idsOf(heard), ids);
      }
    });

    test('leaves those alone who listen no more', async () => {
      const heard: (readonly string[])[] = [];
      const stop = there.on('job-queued', (ids) => heard.push(ids));
      const others = listen(there, 'job-queued');
      stop();
      here.tell('job-queued', ['a']);
      await until(() => assert.equal(others.length, 1));
      assert.deepEqual(heard, []);
    });

    test('has nothing to say against a working engine', () => here.check());

    test('takes what is told after its end, and tells nobody', async () => {
      const heard = listen(here, 'job-queued');
      await here.close();
      here.tell('job-queued', ['a']);
      assert.deepEqual(heard, []);
    });
  });
}

/** What drivers with an engine between processes must do besides. */
export interface LinkedFanOutUnderTest {
  readonly serverUrl: string;
  /** Another process, which reaches the server at `url`. */
  open(url: string): Promise<FanOut>;
  /** Ends the connections that listen, as an administrator can. */
  cutListeners(): Promise<void>;
  close(): Promise<void>;
}

export function testLinkedFanOut(driver: string, make: () => Promise<LinkedFanOutUnderTest>): void {
  describe(`fan-out between processes: ${driver}`, () => {
    let engine: LinkedFanOutUnderTest;
    let door: Door;
    let far: FanOut;
    let near: FanOut;
    before(async () => {
      engine = await make();
    });
    beforeEach(async () => {
      door = await openDoor(engine.serverUrl);
      [far, near] = [await engine.open(door.url), await engine.open(engine.serverUrl)];
    });
    afterEach(async () => {
      await Promise.all([far.close(), near.close()]);
      await door.shut();
    });
    after(() => engine.close());

    test('tells much at once in few words', async () => {
      const heard = listen(near, 'job-finished');
      const ids = Array.from({ length: 500 }, () => randomUUID());
      for (const id of ids) far.tell('job-finished', [id]);
      await until(() => assert.deepEqual(idsOf(heard), ids));
      assert.ok(heard.length <= 10, `${heard.length} messages`);
    });

    test('says each id once', async () => {
      const heard = listen(near, 'changed');
      for (let time = 0; time < 20; time += 1) far.tell('changed', ['same']);
      far.tell('changed', ['last']);
      await until(() => assert.ok(idsOf(heard).includes('last')));
      assert.ok(idsOf(heard).length < 20);
    });

    test('tells what was told just before its end', async () => {
      const heard = listen(near, 'job-queued');
      far.tell('job-queued', ['a']);
      await far.close();
      await until(() => assert.deepEqual(idsOf(heard), ['a']));
    });

    test('away: says so, works on for itself, and everybody looks when it is back', async () => {
      const [farJobs, farCache] = [listen(far, 'job-queued'), listen(far, 'cache-dropped')];
      const nearJobs = listen(near, 'job-queued');
      await door.shut();
      await until(() => assert.rejects(far.check(), { code: 'FAN_OUT_UNAVAILABLE' }));
      far.tell('job-queued', ['told here']);
      assert.deepEqual(farJobs, [['told here']]);
      near.tell('job-queued', ['missed']);
      await until(() => assert.rejects(far.check(), { code: 'FAN_OUT_UNAVAILABLE' }));
      await door.open();
      await until(() => assert.deepEqual([farJobs.at(-1), farCache], [[], [[]]]));
      // What it had told in vain comes to the others as: look for yourselves.
      await until(() => assert.ok(looksForItself(nearJobs)));
      await until(() => far.check());
      near.tell('cache-dropped', ['afterwards']);
      await until(() => assert.deepEqual(farCache.at(-1), ['afterwards']));
    });

    test('cut off by the server: everybody looks', async () => {
      const heard = [listen(far, 'changed'), listen(near, 'changed')];
      await engine.cutListeners();
      await until(() => assert.ok(heard.every(looksForItself)));
      far.tell('changed', ['afterwards']);
      await until(() => assert.ok(heard.every((calls) => idsOf(calls).includes('afterwards'))));
    });

    test('an engine that is not there is said at once', async () => {
      await door.shut();
      await assert.rejects(engine.open(door.url), { code: 'FAN_OUT_UNAVAILABLE' });
    });

    test('words of strangers are left alone', async () => {
      const heard = listen(near, 'changed');
      const foreign = await engine.open(engine.serverUrl);
      foreign.tell('from a newer version' as Topic, ['a']);
      foreign.tell('changed', ['b']);
      await until(() => assert.deepEqual(heard, [['b']]));
      await foreign.close();
    });
  });
}

function listen(fanOut: FanOut, topic: Topic): (readonly string[])[] {
  const heard: (readonly string[])[] = [];
  fanOut.on(topic, (ids) => heard.push(ids));
  return heard;
}

function idsOf(calls: readonly (readonly string[])[]): readonly string[] {
  return calls.flat();
}

function looksForItself(calls: readonly (readonly string[])[]): boolean {
  return calls.some((ids) => ids.length === 0);
}
