import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { openPGliteDatabase } from '#database/drivers/pglite/pglite-database.ts';
import { AppError } from '#kernel/errors.ts';
import { newId } from '#kernel/ids.ts';
import type { Attempt } from './attempt.ts';
import { isTerminal } from './job.ts';
import { jobEndings } from './job-statements.ts';
import { fail, requeue, succeed } from './settle-job.ts';
import { hold, openTestLine, request, type TestLine, testActor } from './test-line.ts';

let line: TestLine;
before(async () => {
  const dir = await mkdtemp(join(tmpdir(), 'esteira-states-'));
  const database = await openPGliteDatabase({ dir });
  const close = async () => {
    await database.close();
    await rm(dir, { recursive: true, force: true });
  };
  line = await openTestLine({ database, close });
});
after(() => line.close());

/** `which` picks among the jobs, or among all attempts ever made, so that late ones come up again and again. */
const step = fc.record({
  does: fc.constantFrom('create', 'claim', 'claim', 'succeed', 'succeed', 'fail', 'requeue', 'cancel', 'retry'),
  which: fc.nat(),
});

test('whatever happens in whatever order, a job has one result, and identical work one leader', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      const world = new World();
      for (const { does, which } of [{ does: 'create', which: 0 } as const, ...steps]) {
        await world[does](which);
        await world.check();
      }
      await world.drain();
    }),
    { numRuns: 60 },
  );
});

/** What ought to be, kept beside what is. */
class World {
  readonly #run = newId().slice(-12);
  readonly #jobs: string[] = [];
  readonly #attempts: Attempt[] = [];
  /** The attempt that may settle its job, by job. */
  readonly #current = new Map<string, number>();
  /** Rows of terminal jobs: they must not change again. */
  readonly #ended = new Map<string, unknown>();

  async create(which: number): Promise<void> {
    const job = await line.jobs.create(testActor, request({ tag: `${this.#run}${which % 2}` }));
    this.#jobs.push(job.id);
  }

  async claim(which: number): Promise<void> {
    const id = pick(this.#jobs, which);
    if (id === undefined) return;
    const before = await this.#row(id);
    const claim = await hold(line, id);
    assert.equal(claim !== undefined, before.status === 'queued' && before.leader_id === null);
    if (claim === undefined) return;
    this.#attempts.push(claim);
    this.#current.set(id, claim.attempt);
  }

  async succeed(which: number): Promise<void> {
    const attempt = pick(this.#attempts, which);
    if (attempt === undefined) return;
    const { result_key } = await this.#row(attempt.id);
    const sha256 = createHash('sha256').update(result_key).digest('hex');
    const output = { index: 0, mediaType: 'text/plain', sizeBytes: 1, sha256, data: null };
    const settled = await succeed(jobEndings(line.db), attempt, [output]);
    this.#settled(attempt, settled.length > 0);
  }

  async fail(which: number): Promise<void> {
    const attempt = pick(this.#attempts, which);
    if (attempt === undefined) return;
    const settled = await fail(jobEndings(line.db), attempt, { code: 'JOB_FAILED', detail: 'for the test' });
    this.#settled(attempt, settled.length > 0);
  }

  async requeue(which: number): Promise<void> {
    const attempt = pick(this.#attempts, which);
    if (attempt === undefined) return;
    this.#settled(attempt, await requeue(line.db, attempt, 0, which % 2 === 0));
  }

  async cancel(which: number): Promise<void> {
    const id = pick(this.#jobs, which);
    if (id === undefined) return;
    const { status } = await this.#row(id);
    const answer = await orCode(line.jobs.cancel(testActor, id));
    assert.equal(answer, isTerminal(status) ? 'JOB_NOT_CANCELLABLE' : 'done');
    this.#current.delete(id);
  }

  async retry(which: number): Promise<void> {
    const id = pick(this.#jobs, which);
    if (id === undefined) return;
    const { status } = await this.#row(id);
    const answer = await orCode(line.jobs.retry(testActor, id));
    assert.equal(answer, status === 'failed' || status === 'cancelled' ? 'done' : 'JOB_NOT_RETRYABLE');
    if (answer === 'done') this.#ended.delete(id);
  }

  async check(): Promise<void> {
    const rows = await this.#rows();
    const leaders = rows.filter((row) => !isTerminal(row.status) && row.leader_id === null);
    assert.equal(new Set(leaders.map((row) => row.result_key)).size, leaders.length);
    for (const row of rows) {
      assert.equal(row.outputs, row.status === 'succeeded' ? 1 : 0);
      assert.equal(row.status === 'active', this.#current.has(row.id));
      if (row.leader_id !== null) {
        const leader = leaders.find(({ id }) => id === row.leader_id);
        assert.equal(leader?.result_key, row.result_key);
      }
      if (!isTerminal(row.status)) continue;
      assert.deepEqual(row, this.#ended.get(row.id) ?? row, 'a result that was reached has changed');
      this.#ended.set(row.id, row);
    }
  }

  /** Nothing is stuck: when workers go on working, everything ends. */
  async drain(): Promise<void> {
    for (let round = 0; round < this.#jobs.length; round++) {
      for (const [at] of this.#jobs.entries()) await this.claim(at);
      for (const [id, attempt] of [...this.#current]) {
        await this.succeed(this.#attempts.findIndex((known) => known.id === id && known.attempt === attempt));
      }
      await this.check();
    }
    assert.ok((await this.#rows()).every((row) => isTerminal(row.status)));
  }

  #settled(attempt: Attempt, accepted: boolean): void {
    assert.equal(accepted, this.#current.get(attempt.id) === attempt.attempt, 'only the current attempt may settle');
    if (accepted) this.#current.delete(attempt.id);
  }

  #row(id: string) {
    return line.db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  }

  #rows() {
    return line.db
      .selectFrom('jobs')
      .selectAll()
      .select((eb) =>
        eb
          .selectFrom('job_outputs')
          .whereRef('job_id', '=', 'jobs.id')
          .select((count) => count.fn.countAll<number>().as('count'))
          .as('outputs'),
      )
      .where('id', 'in', this.#jobs)
      .execute();
  }
}

function pick<T>(from: readonly T[], which: number): T | undefined {
  return from[which % Math.max(1, from.length)];
}

async function orCode(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'done',
    (error: unknown) => {
      if (error instanceof AppError) return error.code;
      throw error;
    },
  );
}
