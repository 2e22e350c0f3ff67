import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { newId } from '#kernel/ids.ts';
import { type PressureSources, watchPressure } from '#limits/pressure.ts';
import { until } from '../../../test/support/until.ts';
import { createApp } from '../app.ts';
import { createWorld } from '../stand-ins.ts';

test('a loop that lags for seconds refuses work with 503, still answers probes, and recovers', async () => {
  const { deps } = createWorld();
  const pressure = watchPressure({ ...roomy, maxQueueAgeSeconds: 0 });
  const app = await createApp({ ...deps, limits: { ...deps.limits, pressure } });
  const status = async (url: string): Promise<number> =>
    (await app.inject({ url, headers: { host: 'localhost' } })).statusCode;
  const endMs = performance.now() + 15_000;
  try {
    assert.equal(await status('/v1/jobs'), 200);
    while ((await status('/v1/jobs')) !== 503) {
      assert.ok(performance.now() < endMs, 'never refused');
      block(600);
      await turn();
    }
    assert.equal(await status('/livez'), 200);
    assert.equal(await status('/metrics'), 200);
    while ((await status('/v1/jobs')) !== 200) {
      assert.ok(performance.now() < endMs, 'never recovered');
      await turn();
    }
  } finally {
    await app.close();
  }
});

function block(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}

const roomy = { memoryBytes: 1e12, residentBytes: () => 0, freeBytes: () => 1e12 };
const gibibyte = 1024 ** 3;

/** What is answered to a read, to new work, to what goes on, and to a probe. */
async function answers(sources: Partial<PressureSources>): Promise<() => Promise<number[]>> {
  const { deps } = createWorld();
  const pressure = watchPressure({ ...roomy, maxQueueAgeSeconds: 0, ...sources });
  const app = await createApp({ ...deps, limits: { ...deps.limits, pressure } });
  after(() => app.close());
  const status = async (method: 'GET' | 'POST' | 'PATCH', url: string): Promise<number> =>
    (await app.inject({ method, url, headers: { host: 'localhost' } })).statusCode;
  return () =>
    Promise.all([
      status('GET', '/v1/jobs'),
      status('POST', '/v1/jobs'),
      status('POST', `/v1/jobs/${newId()}/cancel`),
      status('PATCH', '/v1/uploads/x'),
      status('GET', '/livez'),
    ]);
}

test('a process that has nearly all memory there is refuses what begins, until it has less', async () => {
  let residentBytes = 0.9 * gibibyte;
  const ask = await answers({ memoryBytes: gibibyte, residentBytes: () => residentBytes });
  await until(async () => assert.deepEqual((await ask()).slice(0, 3), [503, 503, 503]));
  const [, , , resumed, probe] = await ask();
  assert.notEqual(resumed, 503);
  assert.equal(probe, 200);
  residentBytes = 0.5 * gibibyte;
  await until(async () => assert.equal((await ask())[0], 200));
});

test('a machine without free memory is the same, whoever has it', async () => {
  const ask = await answers({ memoryBytes: gibibyte, freeBytes: () => 0.01 * gibibyte });
  await until(async () => assert.deepEqual((await ask()).slice(0, 3), [503, 503, 503]));
});

test('an old line refuses new work and nothing else', async () => {
  const ask = await answers({ maxQueueAgeSeconds: 60, oldestInLineSeconds: async () => 61 });
  await until(async () => assert.equal((await ask())[1], 503));
  const [read, , cancelled, resumed, probe] = await ask();
  assert.deepEqual([read, probe], [200, 200]);
  assert.equal(cancelled, 404, 'there is no such job');
  assert.notEqual(resumed, 503);
});

test('a line that is not old enough, and one that cannot be read, refuse nothing', async () => {
  for (const oldestInLineSeconds of [async () => 60, () => Promise.reject(new Error('gone'))]) {
    const ask = await answers({ maxQueueAgeSeconds: 60, oldestInLineSeconds });
    await delay(1_500);
    assert.deepEqual((await ask()).slice(0, 2), [200, 400]);
  }
});
