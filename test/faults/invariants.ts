import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { sql } from 'kysely';
import { loadConfig } from '#config.ts';
import { collect } from '#jobs/collector.ts';
import { openEngines } from '#main/engines.ts';
import { createLogger } from '#observability/logger.ts';
import { readEvents } from '../support/event-reader.ts';
import type { Fleet } from '../support/fleet.ts';
import { until } from '../support/until.ts';
import { each, type Witness } from './witness.ts';

/**
 * What must hold after every fault, once it is over: all that was acknowledged exists; every job has ended, once, with
 * the bytes of a run without faults; no object is without a row and no row without its object; the feed of changes
 * tells of every end to who comes back; no answer told of a path, a secret or a stack; no process fell that nobody
 * pushed.
 *
 * @returns seconds from this call until the last job had ended
 */
export async function assertInvariants(fleet: Fleet, witness: Witness, timeoutMs = 90_000): Promise<number> {
  const startedMs = performance.now();
  await until(async () => {
    // One may go back from active to queued meanwhile.
    for (const status of ['queued', 'active', 'queued']) {
      const page = await witness.ask(`/v1/jobs?status=${status}&limit=1`);
      assert.equal(((await page?.json()) as Page | undefined)?.items.length, 0, `jobs are ${status}`);
    }
  }, timeoutMs);
  const seconds = (performance.now() - startedMs) / 1_000;

  for (const { process: child, stderr } of [...fleet.apis, ...fleet.workers]) {
    assert.equal(child.exitCode ?? 0, 0, `a process fell: ${stderr()}`);
  }
  for (const [id, sha256] of witness.assets) {
    assert.equal(await hashOf(witness, `/v1/assets/${id}/content`), sha256, `asset ${id}`);
  }
  await each([...witness.jobs], async ([id, expected]) => {
    const response = await witness.ask(`/v1/jobs/${id}`);
    assert.equal(response?.status, 200, `job ${id}`);
    const job = (await (response as Response).json()) as JobJson;
    if ('failure' in expected) {
      assert.deepEqual([job.status, job.error?.code, job.outputs.length], ['failed', expected.failure, 0]);
      return;
    }
    assert.deepEqual([job.status, job.outputs.length], ['succeeded', 1], JSON.stringify(job));
    assert.equal(await hashOf(witness, job.outputs[0]?.url ?? ''), expected.sha256, `the result of ${id}`);
  });
  await assertReplay(fleet, witness);
  assertDiscreet(fleet, witness);
  await assertTidy(fleet);
  return seconds;
}

/** Rows that fit each other and the objects. The embedded database has one owner, which is ended for that. */
async function assertTidy(fleet: Fleet): Promise<void> {
  if (fleet.kind === 'embedded') await fleet.stop();
  await using opened = new AsyncDisposableStack();
  const log = createLogger({ level: 'silent' });
  const { database, store } = await openEngines(loadConfig(fleet.engines, fleet.dir), log, opened);
  const { db } = database;
  const { rows: broken } = await sql`
    select id from jobs where (status = 'succeeded') <> exists (select from job_outputs where job_id = jobs.id)
      or finished_at is null or lease_owner is not null or leader_id is not null`.execute(db);
  assert.deepEqual(broken, [], 'rows that contradict themselves');

  const { rows: named } = await sql<{ sha256: string }>`
    select sha256 from assets union select sha256 from job_outputs union select sha256 from needed_results`.execute(db);
  const expected = new Set(named.map(({ sha256 }) => sha256));
  // Again and again: in some stores objects have times in whole seconds, and are old only when the next one has begun.
  await until(async () => {
    await collect({ db, store, scratchRoot: fleet.dir, log }, { minAgeMs: 0, resultTtlMs: 1e12 });
    const kept = new Set<string>();
    for await (const { sha256 } of store.list()) kept.add(sha256);
    assert.deepEqual(
      [...kept].filter((sha256) => !expected.has(sha256)),
      [],
      'objects without a row',
    );
    assert.deepEqual(
      [...expected].filter((sha256) => !kept.has(sha256)),
      [],
      'rows without their object',
    );
  });
}

interface Page {
  readonly items: readonly unknown[];
}

interface JobJson {
  readonly status: string;
  readonly error?: { readonly code: string };
  readonly outputs: readonly { readonly url: string }[];
}

async function hashOf(witness: Witness, path: string): Promise<string> {
  const response = await witness.ask(path);
  assert.equal(response?.status, 200, path);
  const hash = createHash('sha256');
  await pipeline((response as Response).body ?? [], hash);
  return hash.digest('hex');
}

/** Who was away since the beginning and says so is told how each job ended, by ids that grow. */
async function assertReplay(fleet: Fleet, { since, jobs }: Witness): Promise<void> {
  const reader = await readEvents(`${fleet.address}/v1/events`, { 'last-event-id': since });
  try {
    await until(() => {
      const told = new Set(
        reader.events
          .filter(({ event, data }) => event === 'job' && ['succeeded', 'failed'].includes(data.status))
          .map(({ data }) => data.id),
      );
      const untold = [...jobs.keys()].filter((id) => !told.has(id));
      const { status, blocks } = reader;
      const heard = `${status}, ${blocks.length} blocks, the last: ${JSON.stringify(blocks.slice(-2))}`;
      assert.deepEqual(untold.slice(0, 5), [], `${untold.length} ends are not told to who was at ${since}: ${heard}`);
    }, 15_000);
    const ids = reader.events.flatMap(({ id }) => (id === undefined ? [] : [Number(id)]));
    assert.ok(
      ids.every((id, at) => id > Number(since) && (at === 0 || id > (ids[at - 1] ?? 0))),
      ids.join(' '),
    );
    assert.ok(reader.events.every(({ event }) => event !== 'reset'));
  } finally {
    reader.close();
  }
}

function assertDiscreet({ dir, engines }: Fleet, { answers }: Witness): void {
  const secrets = ['DATABASE_URL', 'REDIS_URL', 'S3_SECRET_ACCESS_KEY', 'S3_ENDPOINT'].flatMap(
    (name) => engines[name] ?? [],
  );
  const never = [dir, process.cwd(), 'node_modules', '\n    at ', '\\n    at ', ...secrets];
  for (const answer of answers) {
    assert.deepEqual(
      never.filter((text) => answer.includes(text)),
      [],
      answer.slice(0, 1_000),
    );
  }
}
