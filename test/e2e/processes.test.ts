import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runProgram, startServerProgram } from '../support/program.ts';
import { freePort } from '../support/server-process.ts';
import { freshDatabase } from '../support/servers.ts';
import { until } from '../support/until.ts';

// One command, several processes at one port: they are looked after, and end with the one that started them.

async function childrenOf(pid: number | undefined): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('three processes at one port: one that is killed under load is missed by nobody for long, and comes back', {
  skip: process.platform !== 'linux',
}, async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'esteira-processes-'));
  const database = await freshDatabase();
  const healthPort = await freePort();
  const env = { DATABASE_URL: database.url, ESTEIRA_API_PROCESSES: '2', ESTEIRA_HEALTH_PORT: String(healthPort) };
  const server = await startServerProgram([], { cwd, env });
  try {
    const before = await childrenOf(server.process.pid);
    assert.equal(before.length, 3, 'two for the API, one worker');
    // The worker has the port for probes, the others those that follow.
    for (const place of [0, 1, 2]) {
      assert.equal((await fetch(`http://127.0.0.1:${healthPort + place}/readyz`)).status, 200);
    }

    const answers = { good: 0, refused: 0 };
    const loading = new AbortController();
    const load = (async () => {
      while (!loading.signal.aborted) {
        // A connection for each, so that the system deals them out.
        const response = await fetch(`${server.address}/v1/jobs`, { headers: { connection: 'close' } }).catch(
          () => null,
        );
        await response?.arrayBuffer();
        if (response === null) answers.refused += 1;
        else {
          assert.equal(response.status, 200);
          answers.good += 1;
        }
      }
    })();
    await until(() => assert.ok(answers.good > 20));
    const [victim = 0] = before;
    process.kill(victim, 'SIGKILL');
    const [goodThen, refusedThen] = [answers.good, answers.refused];
    await until(async () => {
      const now = await childrenOf(server.process.pid);
      assert.equal(now.length, 3);
      assert.ok(!now.includes(victim));
      for (const place of [0, 1, 2]) {
        assert.equal((await fetch(`http://127.0.0.1:${healthPort + place}/readyz`)).status, 200);
      }
    }, 60_000);
    loading.abort();
    await load;
    assert.ok(answers.good - goodThen > 20, 'the others answered meanwhile');
    assert.ok(answers.refused - refusedThen <= 2, `${answers.refused} requests were lost with the process`);
    assert.match(server.stderr(), /esteira: api 1 ended \(SIGKILL\); it is started again in 0\.5 s\./);

    const second = await runProgram(['start', '--port', new URL(server.address).port], { cwd, env });
    assert.equal(second.code, 1);
    assert.match(second.stderr, /Port \d+ of 127\.0\.0\.1 is in use/, 'sharing is for the processes of one start');

    const last = await childrenOf(server.process.pid);
    assert.equal(await server.stop(), 0);
    assert.deepEqual(last.filter(lives), []);
  } finally {
    await server.stop('SIGKILL');
    await database.drop();
    await rm(cwd, { recursive: true });
  }
});

test('when the one that started them is killed, they end in order by themselves', {
  skip: process.platform !== 'linux',
}, async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'esteira-orphans-'));
  const database = await freshDatabase();
  try {
    const env = { DATABASE_URL: database.url, ESTEIRA_API_PROCESSES: '2', ESTEIRA_ROLE: 'api' };
    const server = await startServerProgram([], { cwd, env });
    const children = await childrenOf(server.process.pid);
    assert.equal(children.length, 2);
    await server.stop('SIGKILL');
    await until(() => assert.deepEqual(children.filter(lives), []), 20_000);
  } finally {
    await database.drop();
    await rm(cwd, { recursive: true });
  }
});

test('a process that cannot start says why, and nothing is left running', async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'esteira-hopeless-'));
  const env = {
    DATABASE_URL: `postgres://nobody@127.0.0.1:${await freePort()}/none`,
    ESTEIRA_API_PROCESSES: '2',
  };
  const { code, stderr } = await runProgram(['start', '--port', '0'], { cwd, env });
  assert.equal(code, 1);
  assert.match(stderr, /The database did not answer/);
  assert.match(stderr, /esteira: api 1 did not start; what it said is above\./);
  await rm(cwd, { recursive: true });
});
