import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maskModel } from '../../../../test/support/mask-graphs.ts';
import { openSession } from './open-session.ts';
import { SessionPool } from './session-pool.ts';

const setup = { modelsDir: '', threads: 1, memoryBytes: 1_000 };

/** Real sessions of a small graph, and those of them that were released. */
function pool(residentBytes: () => number, neededBytes = 0) {
  const released: string[] = [];
  const opened: string[] = [];
  const sessions = new SessionPool(setup, residentBytes);
  const use = (key: string) =>
    sessions.use(key, neededBytes, async () => {
      opened.push(key);
      const { session, ...rest } = await openSession(maskModel(), setup);
      const release = session.release.bind(session);
      const tellingRelease = (): Promise<void> => {
        released.push(key);
        return release();
      };
      return { ...rest, session: Object.assign(session, { release: tellingRelease }) };
    });
  return { sessions, use, released, opened };
}

test('sessions stay open, and the one used longest ago leaves when there are many', async () => {
  const { sessions, use, released, opened } = pool(() => 0);
  for (const key of ['a', 'b', 'c', 'd', 'a', 'e']) await use(key);
  assert.deepEqual(opened, ['a', 'b', 'c', 'd', 'e']);
  assert.deepEqual(released, ['b']);
  assert.deepEqual(sessions.keys, ['c', 'd', 'a', 'e']);
});

test('under memory pressure they leave until the next one fits, and none when none needs room', async () => {
  let resident = 300;
  const { sessions, use, released } = pool(() => resident, 200);
  for (const key of ['a', 'b', 'c']) await use(key);
  assert.deepEqual(released, [], '300 + 200 is below four fifths of 1,000');
  resident = 700;
  await use('b');
  assert.deepEqual(released, [], 'one that is open needs no room');
  await use('d');
  assert.deepEqual(released, ['a', 'c', 'b'], 'what is released does not show at once');
  assert.deepEqual(sessions.keys, ['d']);
});

test('a session that does not open is not kept', async () => {
  const { sessions } = pool(() => 0);
  const fails = () => openSession(Buffer.from('no graph'), setup);
  await assert.rejects(sessions.use('bad', 0, fails));
  assert.deepEqual(sessions.keys, []);
});

test('what was passed over is told once', async () => {
  const sessions = new SessionPool(setup);
  const open = () => openSession(maskModel(), { ...setup, executionProviders: ['directml', 'cpu'] });
  assert.equal((await sessions.use('a', 0, open)).provider, 'cpu');
  await sessions.use('a', 0, open);
  const [notice, ...more] = sessions.takeNotices();
  assert.equal(notice?.provider, 'directml');
  assert.match(notice?.reason ?? '', /not part of ONNX Runtime on this system/);
  assert.deepEqual([more, sessions.takeNotices()], [[], []]);
});
