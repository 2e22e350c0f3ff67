import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Plans } from '#accounts/plans/plan.ts';
import type { Jobs } from '#jobs/job.ts';
import { newId } from '#kernel/ids.ts';
import { loadProcessors } from '#processors/registry.ts';
import { memoryRateLimiter } from './drivers/memory/memory-rate-limiter.ts';
import { isHeavyProcessor } from './heavy-processors.ts';
import { createJobLimits, limitJobs, type TakeJobs } from './job-limits.ts';

function taking(heavyPerMinute: number, jobsPerMinute: number | null = null): TakeJobs {
  const plans: Plans = { of: async () => ({ plan: { jobsPerMinute }, status: 'active' }) as never };
  const counts = memoryRateLimiter();
  const modes = { allowed: (limit: number) => limit };
  const isHeavy = (name: string) => name === 'heavy';
  return createJobLimits({ counts, modes, plans, metrics: { refused: () => {} }, isHeavy, heavyPerMinute });
}

const actor = { tenantId: newId(), userId: newId() };

test('heavy jobs are limited for each user, light ones are not', async () => {
  const take = taking(3);
  for (let time = 0; time < 3; time += 1) await take(actor, ['heavy']);
  await assert.rejects(take(actor, ['heavy']), (error: { code: string; extensions: Record<string, unknown> }) => {
    assert.equal(error.code, 'RATE_LIMITED');
    assert.equal(error.extensions['limit'], 'heavy-jobs');
    assert.equal(error.extensions['used'], 3);
    return true;
  });
  await take(actor, ['light', 'light']);
  await take({ ...actor, userId: newId() }, ['heavy']);
});

test('jobs that are asked for together are all allowed or none, and then none is counted', async () => {
  const take = taking(0, 10);
  await take(
    actor,
    Array.from({ length: 7 }, () => 'light'),
  );
  await assert.rejects(
    take(
      actor,
      Array.from({ length: 4 }, () => 'light'),
    ),
    { code: 'RATE_LIMITED' },
  );
  await take(
    actor,
    Array.from({ length: 3 }, () => 'light'),
  );
  await assert.rejects(take(actor, ['light']), { code: 'RATE_LIMITED' });
  await assert.rejects(
    take({ ...actor, userId: newId() }, ['light']),
    { code: 'RATE_LIMITED' },
    'the workspace is one',
  );
  await take({ tenantId: newId(), userId: newId() }, ['light']);
});

test('heavy jobs that the plan refuses are not counted against the user', async () => {
  const take = taking(2, 1);
  await assert.rejects(take(actor, ['heavy', 'heavy']), { code: 'RATE_LIMITED' });
  await take(actor, ['heavy']);
});

test('of what comes at once exactly as much is allowed as may be', async () => {
  const take = taking(0, 25);
  const taken = await Promise.allSettled(Array.from({ length: 100 }, () => take(actor, ['light'])));
  assert.equal(taken.filter(({ status }) => status === 'fulfilled').length, 25);
});

test('separating into stems is heavy, and nothing that is made of pictures', async () => {
  const processors = (await loadProcessors()).list();
  assert.deepEqual(
    processors.filter(isHeavyProcessor).map(({ name }) => name),
    ['audio.stems'],
  );
});

test('pictures by signed address are not counted; making a job again is', async () => {
  const asked: string[][] = [];
  const take: TakeJobs = async (_actor, processors) => void asked.push([...processors]);
  const made = { processor: 'light' };
  const jobs = limitJobs(
    { create: async () => made, get: async () => made, retry: async () => made } as never,
    take,
  ) as Jobs;
  const request = { processor: 'light', inputs: [], params: {} };
  await jobs.create(actor, { ...request, hidden: true });
  assert.deepEqual(asked, []);
  await jobs.create(actor, request);
  await jobs.retry(actor, newId());
  assert.deepEqual(asked, [['light'], ['light']]);
});
