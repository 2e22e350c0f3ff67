import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SandboxStats } from '#sandbox/sandbox.ts';
import { createMetrics } from './metrics.ts';

const kind = { children: 2, busy: 1, rssBytes: 1_000, waiting: 4, oldestWaitSeconds: 1 };
const sandboxStats: SandboxStats = {
  kinds: {
    own: { ...kind, target: { children: 3, reason: 'memory', idleMs: 1_000 } },
    light: { ...kind, target: { children: 6, reason: 'demand', idleMs: 1_000 } },
  },
  children: [
    { pid: 11, family: 'image.cutout', busy: true, jobsDone: 3, rssBytes: 1_000 },
    { pid: 12, family: 'image.cutout', busy: false, jobsDone: 1, rssBytes: 500 },
  ],
  waiting: 4,
  crashes: 1,
  deadlineKills: 2,
  memoryKills: 3,
};

test('shows the sandbox as it is at the scrape', async () => {
  const metrics = createMetrics({
    sandbox: () => sandboxStats,
  });
  const text = await metrics.text();
  for (const line of [
    'esteira_sandbox_children{family="image.cutout"} 2',
    'esteira_sandbox_busy_children{family="image.cutout"} 1',
    'esteira_sandbox_resident_memory_bytes{family="image.cutout"} 1500',
    'esteira_sandbox_waiting_jobs 4',
    'esteira_sandbox_kills_total{reason="deadline"} 2',
    'esteira_sandbox_target_children{kind="own"} 3',
    'esteira_sandbox_target_children{kind="light"} 6',
    'esteira_sandbox_target_reason{kind="own",reason="memory"} 1',
    'esteira_sandbox_target_reason{kind="own",reason="cpu"} 0',
  ]) {
    assert.ok(text.includes(`${line}\n`), line);
  }
  assert.match(await metrics.text(), /esteira_sandbox_kills_total\{reason="crash"\} 1/);
});

test('shows the line as it is at the scrape, and survives one that does not answer', async () => {
  const depth = { processor: 'image.cutout', waiting: 5, delayed: 1, active: 2, oldestSeconds: 12.5 };
  let line = async () => [depth];
  const metrics = createMetrics({ line: () => line() });
  const text = await metrics.text();
  for (const shown of ['queue_depth', 'queue_delayed_jobs', 'queue_age_seconds', 'active_jobs'].map((name, at) => [
    name,
    [5, 1, 12.5, 2][at],
  ])) {
    assert.ok(text.includes(`esteira_${shown[0]}{processor="image.cutout"} ${shown[1]}\n`), `${shown}`);
  }
  line = () => Promise.reject(new Error('down'));
  metrics.jobs.created('image.cutout', 'cached');
  const without = await metrics.text();
  assert.match(without, /esteira_jobs_created_total\{processor="image.cutout",how="cached"\} 1/);
  assert.doesNotMatch(without, /esteira_queue_depth\{/);
});

test('counts what becomes of jobs by processor', async () => {
  const { jobs, text } = createMetrics();
  jobs.claimed('image.cutout', 0.3);
  jobs.attemptEnded('image.cutout', 'succeeded', 0.2);
  jobs.attemptEnded('image.cutout', 'failed', 2);
  const shown = await text();
  assert.match(shown, /esteira_job_wait_duration_seconds_bucket\{le="0.5",processor="image.cutout"\} 1/);
  assert.match(shown, /esteira_job_attempt_duration_seconds_sum\{processor="image.cutout",outcome="failed"\} 2/);
});

test('every name has the prefix', async () => {
  const text = await createMetrics({ sandbox: () => sandboxStats }).text();
  const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name ?? '');
  assert.ok(names.length > 10);
  assert.deepEqual(
    names.filter((name) => !name.startsWith('esteira_')),
    [],
  );
});
