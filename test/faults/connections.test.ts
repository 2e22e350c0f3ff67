import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import pg from 'pg';
import { startServerProgram } from '../support/program.ts';
import { freshDatabase } from '../support/servers.ts';
import { until } from '../support/until.ts';

// PostgreSQL has no connection left for us: F16 of the table of faults.

const connectionLimit = 20;

test('without a connection it says 503 instead of waiting, is not ready but alive, and recovers by itself', async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'esteira-connections-'));
  const database = await freshDatabase();
  const admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  const role = `limited_${new URL(database.url).pathname.slice(1)}`;
  await admin.query(`create role ${role} login connection limit ${connectionLimit}`);
  await admin.query(`grant all on schema public to ${role}; grant all on database ${admin.database} to ${role}`);
  const url = new URL(database.url);
  url.username = role;
  const others: pg.Client[] = [];
  const server = await startServerProgram(['--role', 'api'], { cwd, env: { DATABASE_URL: url.href } });
  const ask = async (path: string) => {
    const response = await fetch(`${server.address}${path}`, { signal: AbortSignal.timeout(15_000) });
    return { status: response.status, text: await response.text() };
  };

  /** Takes what is free. */
  async function takeAll(): Promise<void> {
    for (;;) {
      const client = new pg.Client({ connectionString: url.href, application_name: 'greedy' });
      client.on('error', () => {});
      try {
        await client.connect();
        others.push(client);
      } catch (error) {
        assert.equal((error as { code?: string }).code, '53300');
        return;
      }
    }
  }

  try {
    assert.equal((await ask('/readyz')).status, 200);
    await until(async () => {
      await admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where usename = $1 and application_name <> 'greedy'`,
        [role],
      );
      await takeAll();
      assert.equal(others.length, connectionLimit);
    }, 30_000);

    const refused = await ask('/v1/jobs');
    assert.deepEqual([refused.status, JSON.parse(refused.text).code], [503, 'DATABASE_UNAVAILABLE']);
    await until(async () => {
      const ready = await ask('/readyz');
      assert.equal(ready.status, 503);
      assert.match(ready.text, /database: /);
      assert.ok(!ready.text.includes(role), 'no secret in the reason');
    });
    assert.equal((await ask('/livez')).status, 200);

    await Promise.all(others.map((client) => client.end()));
    await until(async () => assert.equal((await ask('/readyz')).status, 200), 30_000);
    assert.equal((await ask('/v1/jobs')).status, 200);
  } finally {
    await server.stop('SIGKILL');
    await Promise.all(others.map((client) => client.end().catch(() => {})));
    await admin.query(`drop owned by ${role}; drop role ${role}`);
    await admin.end();
    await database.drop();
    await rm(cwd, { recursive: true });
  }
});
