import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { openPostgresFanOut } from '#events/drivers/postgres/postgres-fan-out.ts';
import { measured } from '../support/fault-report.ts';
import { type Fleet, startFleet } from '../support/fleet.ts';
import type { StartedServer } from '../support/program.ts';
import { until } from '../support/until.ts';
import { assertInvariants } from './invariants.ts';
import { openWitness, suffixes } from './witness.ts';

// Processes of a fleet that die, freeze or repeat themselves, on PostgreSQL. `TEST_LEASE_MS=30000` takes the lease of
// real life, and its time.

const leaseMs = Number(process.env['TEST_LEASE_MS'] ?? 4_000);
const lease = { ESTEIRA_TEST: '1', ESTEIRA_LEASE_MS: `${leaseMs}` };
const program = fileURLToPath(new URL('../fixtures/copying-server.ts', import.meta.url));

describe('processes that die, freeze and repeat themselves', { timeout: 600_000 }, () => {
  let fleet: Fleet;
  before(async () => {
    fleet = await startFleet('postgres', { program, env: lease });
  });
  after(() => fleet[Symbol.asyncDispose]());

  test('F2: an API that dies between a job’s row and the word to the workers', async () => {
    const witness = await openWitness(fleet);
    let longest = 0;
    for (const suffix of suffixes('f2', 3)) {
      const doomed = await fleet.add('api', { ESTEIRA_FAILPOINT: 'after-job-row' });
      const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
      const asset = [...witness.assets.keys()][0];
      const body = JSON.stringify({ processor: 'test.copy', inputs: [asset], params: { suffix } });
      const request = { method: 'POST', headers, body };
      const gone = died(doomed);
      const answer = await witness.ask('/v1/jobs', request, doomed.address);
      assert.equal(answer && (await answer.text()), undefined);
      await gone;
      const diedMs = performance.now();
      // Whoever asks again finds the job that nobody answered for.
      const again = await witness.ask('/v1/jobs', { ...request, headers: { ...headers, prefer: 'wait=30' } });
      const job = (await again?.json()) as JobJson;
      assert.deepEqual([job.status, job.attempts], ['succeeded', 1]);
      longest = Math.max(longest, performance.now() - diedMs);
    }
    await assertInvariants(fleet, witness);
    const row = { row: 'F2', fault: 'kill -9 of the API between row and wake-up: until the job has ended' };
    measured({ ...row, measured: longest / 1_000, unit: 's', threshold: { atMost: 30 } });
  });

  test('F4: workers that are killed: with a claim, at work, with a result, before it counts', async () => {
    const witness = await openWitness(fleet);
    const failpoints = ['worker-claimed', 'worker-output-put', 'before-commit'] as const;
    const [atWork, ...doomed] = await Promise.all([
      fleet.add('worker'),
      ...failpoints.map((failpoint) => fleet.add('worker', { ESTEIRA_FAILPOINT: failpoint })),
    ]);
    const gone = Promise.all([atWork, ...doomed].map(died));
    // More than the others can take, until each has got some.
    const fed = new AbortController();
    const feeding = (async () => {
      await Promise.all(suffixes('f4', 24).map((suffix) => witness.copy(suffix, { runsMs: 300 })));
      for (let n = 24; !fed.signal.aborted; n++) {
        await witness.copy(`f4 ${n}`, { runsMs: 300 });
        await delay(150);
      }
    })();
    try {
      await until(async () => assert.ok((await activeOf(fleet, atWork)) > 0), 30_000);
      atWork.process.kill('SIGKILL');
      await gone;
    } finally {
      fed.abort();
      await feeding;
    }
    const seconds = await assertInvariants(fleet, witness);
    const row = { row: 'F4', fault: 'kill -9 of four workers, one at each stage: until all jobs have ended elsewhere' };
    measured({ ...row, measured: seconds, unit: 's', threshold: { atMost: 90 } });
  });

  test('F5: a worker that freezes past its lease', async () => {
    const witness = await openWitness(fleet);
    const frozen = await fleet.add('worker');
    await Promise.all(suffixes('f5', 16).map((suffix) => witness.copy(suffix, { runsMs: 1_000 })));
    await until(async () => assert.ok((await activeOf(fleet, frozen)) > 0));
    const held = await activeOf(fleet, frozen);
    frozen.process.kill('SIGSTOP');
    try {
      // All of its jobs are ended by others while it sleeps.
      await assertInvariants(fleet, witness);
    } finally {
      frozen.process.kill('SIGCONT');
    }
    const late = await until(async () => {
      const count = await attemptsOf(frozen, 'late');
      assert.ok(count >= 1);
      return count;
    });
    assert.ok(late <= held);
    await assertInvariants(fleet, witness);
    const row = { row: 'F5', fault: 'SIGSTOP of a worker past its lease, then SIGCONT: late results refused' };
    measured({ ...row, measured: late, unit: 'results', threshold: { atLeast: 1 } });
    assert.equal(await frozen.stop(), 0);
  });

  test('F22: everything is said five times', async () => {
    const witness = await openWitness(fleet);
    const fanOut = await openPostgresFanOut({ url: fleet.engines['DATABASE_URL'] ?? '' });
    const ids = await Promise.all(suffixes('f22', 5).map((suffix) => witness.copy(suffix, { runsMs: 100 })));
    for (let times = 0; times < 5; times++) {
      fanOut.tell('job-queued', ids);
      fanOut.tell('job-finished', ids);
      fanOut.tell('changed', ids);
    }
    await assertInvariants(fleet, witness);
    await fanOut.close();
    const attempts = await Promise.all(
      ids.map(async (id) => ((await (await fetch(`${fleet.address}/v1/jobs/${id}`)).json()) as JobJson).attempts),
    );
    const row = { row: 'F22', fault: 'every word five times: attempts of each job' };
    measured({ ...row, measured: Math.max(...attempts), unit: 'attempts', threshold: { atMost: 1 } });
  });

  test('F23: a hundred requests with one Idempotency-Key, through two processes', async () => {
    const witness = await openWitness(fleet);
    const apis = fleet.apis.filter(({ process: { exitCode, signalCode } }) => (exitCode ?? signalCode) === null);
    const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
    const asset = [...witness.assets.keys()][0];
    const body = JSON.stringify({ processor: 'test.copy', inputs: [asset], params: { suffix: 'f23' } });
    const jobs = await Promise.all(
      Array.from({ length: 100 }, async (_, n) => {
        const response = await witness.ask(
          '/v1/jobs',
          { method: 'POST', headers, body },
          apis[n % apis.length]?.address,
        );
        const text = (await response?.text()) ?? 'no answer';
        assert.ok(response?.status === 200 || response?.status === 202, text);
        return (JSON.parse(text) as { id: string }).id;
      }),
    );
    await assertInvariants(fleet, witness);
    assert.ok(apis.length >= 2);
    const row = { row: 'F23', fault: '100 requests at once with one Idempotency-Key, two processes: jobs' };
    measured({ ...row, measured: new Set(jobs).size, unit: 'jobs', threshold: { atMost: 1 } });
  });
});

interface JobJson {
  readonly status: string;
  readonly attempts: number;
}

/** Resolves when its failpoint, or we, have killed it. */
async function died({ process: child }: StartedServer): Promise<void> {
  const [, signal] = await once(child, 'exit', { signal: AbortSignal.timeout(30_000) });
  assert.equal(signal, 'SIGKILL', 'the failpoint was never reached');
}

async function attemptsOf({ address }: StartedServer, outcome: string): Promise<number> {
  const text = await (await fetch(`${address}/metrics`)).text();
  const counts = text.matchAll(/^esteira_job_attempt_duration_seconds_count\{(.*)\} (\d+)$/gm);
  return [...counts].reduce(
    (sum, [, labels, n]) => sum + (labels?.includes(`outcome="${outcome}"`) ? Number(n) : 0),
    0,
  );
}

/** Jobs that this worker holds. */
async function activeOf(fleet: Fleet, worker: StartedServer): Promise<number> {
  return await countRows(
    fleet,
    `select count(*) from jobs where status = 'active' and lease_owner like '%/${worker.process.pid}/%'`,
  );
}

async function countRows(fleet: Fleet, statement: string): Promise<number> {
  const client = new pg.Client({ connectionString: fleet.engines['DATABASE_URL'] });
  await client.connect();
  try {
    const { rows } = await client.query(statement);
    return Number(rows[0].count);
  } finally {
    await client.end();
  }
}
