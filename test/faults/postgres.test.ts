import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { measured } from '../support/fault-report.ts';
import { type Fleet, startFleet } from '../support/fleet.ts';
import { type OwnServer, ownPostgres } from '../support/servers.ts';
import { until } from '../support/until.ts';
import { assertInvariants } from './invariants.ts';
import { openWitness, type Witness } from './witness.ts';

// PostgreSQL that goes and comes back while people work: what was acknowledged is in it, and nobody has to be restarted.

const program = fileURLToPath(new URL('../fixtures/copying-server.ts', import.meta.url));

describe('a fleet and its PostgreSQL', { timeout: 300_000 }, () => {
  let fleet: Fleet;
  let postgres: OwnServer;
  before(async () => {
    postgres = await ownPostgres();
    fleet = await startFleet('postgres', { program, env: { DATABASE_URL: postgres.url } });
  });
  after(() => fleet[Symbol.asyncDispose]());

  /** Does it while people ask for jobs. @returns seconds from its end until the next job was acknowledged and done */
  async function underLoad(witness: Witness, name: string, fault: () => Promise<void>): Promise<number> {
    const working = new AbortController();
    const people = [1, 2, 3, 4].map(async (person) => {
      for (let n = 0; !working.signal.aborted; n++) await witness.copy(`${name} of ${person}, ${n}`, { runsMs: 100 });
    });
    await until(() => assert.ok(witness.jobs.size >= 20), 30_000);
    await fault();
    const startedMs = performance.now();
    const id = await witness.copy(`${name}, afterwards`);
    await until(async () => {
      const job = (await (await witness.ask(`/v1/jobs/${id}`))?.json()) as { status?: string } | undefined;
      assert.equal(job?.status, 'succeeded');
    }, 60_000);
    const seconds = (performance.now() - startedMs) / 1_000;
    working.abort();
    await Promise.all(people);
    return seconds;
  }

  test('F15: PostgreSQL restarts', async () => {
    const witness = await openWitness(fleet);
    const seconds = await underLoad(witness, 'f15', async () => {
      await postgres.stop('INT');
      // They have noticed.
      await until(() => assert.ok(witness.refusals.length > 0), 30_000);
      await postgres.start();
    });
    assert.deepEqual([...new Set(witness.refusals)], ['503 DATABASE_UNAVAILABLE']);
    const row = { row: 'F15', fault: 'PostgreSQL restarts under load: until the next job is done' };
    measured({ ...row, measured: seconds, unit: 's', threshold: { atMost: 15 } });
    await assertInvariants(fleet, witness);
  });

  test('F15: one of its processes is killed, and it throws everybody out', async () => {
    const witness = await openWitness(fleet);
    const seconds = await underLoad(witness, 'f15 kill', async () => {
      process.kill(await oneBackend(postgres.url), 'SIGKILL');
    });
    const row = { row: 'F15', fault: 'kill -9 of a PostgreSQL process under load: until the next job is done' };
    measured({ ...row, measured: seconds, unit: 's', threshold: { atMost: 15 } });
    await assertInvariants(fleet, witness);
  });
});

/** Process id of a connection that Esteira holds. */
async function oneBackend(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {}); // it is thrown out, too
  await client.connect();
  const { rows } = await client.query("select pid from pg_stat_activity where application_name = 'esteira' limit 1");
  await client.end();
  return rows[0].pid;
}
