import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHealth, type HealthCheck, type HealthStatus } from './health.ts';

function check(name: string, status: HealthStatus, critical = true): HealthCheck {
  return { name, critical, read: async () => ({ status, reason: `${name} is ${status}` }) };
}

test('the worst check is the status', async () => {
  const statusOf = async (...checks: HealthCheck[]): Promise<HealthStatus> =>
    (await createHealth(checks).report()).status;
  assert.equal(await statusOf(), 'healthy');
  assert.equal(await statusOf(check('a', 'healthy'), check('b', 'degraded')), 'degraded');
  assert.equal(await statusOf(check('a', 'unhealthy'), check('b', 'degraded')), 'unhealthy');
});

test('only an unhealthy critical check stops traffic', async () => {
  const calm = createHealth([check('disk', 'unhealthy', false), check('queue', 'degraded')]);
  assert.deepEqual(await calm.notReady(), []);
  const broken = createHealth([check('database', 'unhealthy')]);
  assert.deepEqual(await broken.notReady(), ['database: database is unhealthy']);
});

test('a check that hangs or throws is unhealthy, in time and without its message', async () => {
  const seen: unknown[] = [];
  const secret = new Error('connect postgres://user:secret@db');
  const health = createHealth(
    [
      { name: 'hangs', critical: true, read: () => new Promise(() => {}) },
      { name: 'throws', critical: true, read: () => Promise.reject(secret) },
    ],
    { timeoutMs: 20, onError: (name, error) => seen.push(name, error) },
  );
  const report = await health.report();
  assert.equal(report.checks['hangs']?.status, 'unhealthy');
  assert.match(report.checks['hangs']?.reason ?? '', /20 ms/);
  assert.equal(report.checks['throws']?.status, 'unhealthy');
  assert.doesNotMatch(JSON.stringify(report), /secret/);
  assert.deepEqual(seen, ['throws', secret]);
});

test('many who ask at once share one reading', async () => {
  let readings = 0;
  const counted: HealthCheck = {
    name: 'counted',
    critical: true,
    read: async () => {
      readings += 1;
      return { status: 'healthy' };
    },
  };
  const health = createHealth([counted], { maxAgeMs: 60_000 });
  await Promise.all([health.report(), health.notReady(), health.report()]);
  assert.equal(readings, 1);
});

test('draining makes it not ready and unhealthy at once', async () => {
  const health = createHealth([check('database', 'healthy')]);
  assert.deepEqual(await health.notReady(), []);
  health.drain();
  assert.equal((await health.notReady()).length, 1);
  const report = await health.report();
  assert.equal(report.status, 'unhealthy');
  assert.equal(report.checks['application']?.status, 'unhealthy');
});
