import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { type Door, openDoor } from '../support/door.ts';
import { measured } from '../support/fault-report.ts';
import { type Fleet, startFleet } from '../support/fleet.ts';
import { type StartedServer, startServerProgram } from '../support/program.ts';
import { type OwnServer, ownRedis, ownRedisServer } from '../support/servers.ts';
import { until } from '../support/until.ts';
import { assertInvariants } from './invariants.ts';
import { each, openWitness, somePicture, suffixes } from './witness.ts';

// Redis that goes, forgets, is cut off or set up wrongly. It carries words alone: nothing may depend on it but speed.

const program = fileURLToPath(new URL('../fixtures/copying-server.ts', import.meta.url));

describe('a fleet and its Redis', { timeout: 300_000 }, () => {
  let fleet: Fleet;
  let redis: OwnServer;
  let toApis: Door;
  let toWorkers: Door;
  before(async () => {
    redis = await ownRedisServer();
    [toApis, toWorkers] = [await openDoor(redis.url), await openDoor(redis.url)];
    const roleEnv = { api: { REDIS_URL: toApis.url }, worker: { REDIS_URL: toWorkers.url } };
    fleet = await startFleet('fleet', { program, roleEnv });
  });
  after(async () => {
    await fleet[Symbol.asyncDispose]();
    await Promise.all([toApis.shut(), toWorkers.shut()]);
  });

  const healthy = (server: StartedServer) =>
    until(async () => {
      const { checks } = (await (await fetch(`${server.address}/health`)).json()) as Health;
      assert.equal(checks.fanOut.status, 'healthy');
    }, 30_000);
  const allHealthy = () => Promise.all(fleet.apis.map(healthy));

  test('F10: Redis restarts', async () => {
    const witness = await openWitness(fleet);
    await redis.stop();
    await each(suffixes('f10', 20), (suffix) => witness.copy(suffix), 4);
    await witness.upload(await somePicture());
    const seconds = await assertInvariants(fleet, witness);
    assert.deepEqual(witness.refusals, []);
    const row = { row: 'F10', unit: 's' };
    const slowest = { ...row, fault: 'Redis is away: slowest answer', measured: witness.slowestMs() / 1_000 };
    measured({ ...slowest, threshold: { atMost: 2 } });
    const ended = { ...row, fault: 'Redis is away: until 20 jobs have ended', measured: seconds };
    measured({ ...ended, threshold: { atMost: 30 } });
    const startedMs = performance.now();
    await redis.start();
    await allHealthy();
    const back = { ...row, fault: 'Redis is back: until the APIs hear the others again' };
    measured({ ...back, measured: (performance.now() - startedMs) / 1_000, threshold: { atMost: 30 } });
  });

  test('F11: Redis is emptied while 500 jobs wait', async () => {
    const witness = await openWitness(fleet);
    for (const { process: child } of fleet.workers) child.kill('SIGSTOP');
    const client = new Redis(redis.url);
    try {
      await each(suffixes('f11', 500), (suffix) => witness.copy(suffix));
      await client.flushall();
    } finally {
      client.disconnect();
      for (const { process: child } of fleet.workers) child.kill('SIGCONT');
    }
    const seconds = await assertInvariants(fleet, witness, 120_000);
    assert.equal(witness.jobs.size, 500);
    const row = { row: 'F11', fault: 'FLUSHALL with 500 jobs in line: until all have ended, once' };
    measured({ ...row, measured: seconds, unit: 's', threshold: { atMost: 120 } });
  });

  for (const [row, who, door] of [
    ['F12', 'the APIs', () => toApis],
    ['F13', 'the workers', () => toWorkers],
  ] as const) {
    for (const how of ['shut', 'stall'] as const) {
      test(`${row}: ${who} are cut off from Redis: ${how}`, async () => {
        const witness = await openWitness(fleet);
        await door()[how]();
        try {
          await each(suffixes(`${row} ${how}`, 10), (suffix) => witness.copy(suffix), 2);
          await assertInvariants(fleet, witness);
          assert.deepEqual(witness.refusals, []);
        } finally {
          await door().open();
        }
        const fault = `${who} cut off from Redis (${how === 'shut' ? 'refused' : 'silence'}): slowest answer`;
        measured({ row, fault, measured: witness.slowestMs() / 1_000, unit: 's', threshold: { atMost: 2 } });
        await allHealthy();
      });
    }
  }

  test('F14: a Redis that may throw keys away', async () => {
    const evicting = await ownRedis(['--maxmemory-policy', 'allkeys-lru']);
    const env = { ...fleet.engines, ESTEIRA_PORT: '0', ESTEIRA_ROLE: 'api', REDIS_URL: evicting };
    await assert.rejects(startServerProgram([], { cwd: fleet.dir, program, env }), /allkeys-lru/);
    const client = new Redis(redis.url);
    const ready = (status: number) =>
      until(async () => {
        for (const { address } of fleet.apis) assert.equal((await fetch(`${address}/readyz`)).status, status);
      });
    const startedMs = performance.now();
    try {
      await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
      await ready(503);
    } finally {
      await client.config('SET', 'maxmemory-policy', 'noeviction');
      client.disconnect();
    }
    const row = { row: 'F14', fault: 'Redis is set to evict keys: until /readyz is red' };
    measured({ ...row, measured: (performance.now() - startedMs) / 1_000, unit: 's', threshold: { atMost: 10 } });
    await ready(200);
  });
});

interface Health {
  readonly checks: { readonly fanOut: { readonly status: string } };
}
