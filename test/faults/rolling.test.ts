import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { startFleet } from '../support/fleet.ts';
import { until } from '../support/until.ts';

// A new version takes the place of the old one, process by process, while people work: F26 of the table of faults.

const copyingServer = fileURLToPath(new URL('../fixtures/copying-server.ts', import.meta.url));
const jobCount = 60;
const headers = { 'content-type': 'application/json' };

interface JobJson {
  readonly id: string;
  readonly status: string;
  readonly attempts: number;
}

test('50 active jobs, every process replaced: no job fails, nobody gets a 5xx', async () => {
  await using fleet = await startFleet('postgres', {
    program: copyingServer,
    env: {
      ESTEIRA_SHUTDOWN_DELAY_MS: '1500',
      ESTEIRA_SHUTDOWN_GRACE_MS: '1000',
      // Jobs that are taken, of which the children run four at once.
      ESTEIRA_WORKER_PROCESSES: '4',
      ESTEIRA_WORKER_THREADS: '3',
      ESTEIRA_WORKER_MEMORY_BYTES: String(512 * 1_048_576),
    },
  });
  const picture = await sharp({ create: { width: 2, height: 2, channels: 3, background: '#246' } })
    .png()
    .toBuffer();
  const answers: string[] = [];
  async function ask(path: string, init?: RequestInit): Promise<Response> {
    const { method = 'GET' } = init ?? {};
    const answer = await fetch(`${fleet.address}${path}`, init).catch((error: Error) => error);
    if (answer instanceof Error) answers.push(`${method} ${path}: ${answer.cause ?? answer}`);
    else if (answer.status >= 500) answers.push(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer instanceof Error ? Response.error() : answer;
  }
  const upload = await ask('/v1/assets', { method: 'POST', body: new Uint8Array(picture) });
  const { id: asset } = (await upload.json()) as JobJson;
  const create = (suffix: string, runsMs: number, waitSeconds = 0) =>
    ask('/v1/jobs', {
      method: 'POST',
      headers: { ...headers, prefer: `wait=${waitSeconds}` },
      body: JSON.stringify({ processor: 'test.copy', inputs: [asset], params: { suffix, runsMs } }),
    });
  const jobs = async () => ((await (await ask('/v1/jobs?limit=100')).json()) as { items: JobJson[] }).items;

  // Long enough that some run beyond the grace: those go back into the line.
  const created = await Promise.all(
    Array.from({ length: jobCount }, async (_, n) => {
      const answer = await create(`job ${n}`, 2_000 + (n % 4) * 500);
      return ((await answer.json()) as JobJson).id;
    }),
  );
  await until(async () => assert.ok((await jobs()).filter(({ status }) => status === 'active').length >= 50), 60_000);

  const working = new AbortController();
  const people = [1, 2, 3].map(async (person) => {
    for (let turn = 0; !working.signal.aborted; turn++) {
      await ask('/v1/assets', { method: 'POST', body: new Uint8Array(picture) });
      await create(`of ${person}, ${turn}`, 0, 2);
      await jobs();
    }
  });
  const [oldApis, oldWorkers] = [[...fleet.apis], [...fleet.workers]];
  for (const old of oldApis) {
    await fleet.add('api');
    const ended = old.stop('SIGTERM');
    await until(async () => assert.equal((await fetch(`${old.address}/readyz`)).status, 503), 1_000);
    const still = await fetch(`${old.address}/v1/processors`);
    assert.deepEqual([still.status, still.headers.get('connection')], [200, 'close'], 'served while readiness is red');
    fleet.leave(old);
    assert.equal(await ended, 0);
  }
  for (const old of oldWorkers) {
    await fleet.add('worker');
    assert.equal(await old.stop('SIGTERM'), 0);
  }
  working.abort();
  await Promise.all(people);
  const one = async (id: string) => (await (await ask(`/v1/jobs/${id}`)).json()) as JobJson;
  const ended = await until(async () => {
    const now = await Promise.all(created.map(one));
    assert.deepEqual(
      now.filter(({ status }) => status !== 'succeeded'),
      [],
    );
    return now;
  }, 60_000);
  assert.ok(
    ended.some(({ attempts }) => attempts > 1),
    'some were begun again by another worker',
  );
  const others = (await jobs()).filter(({ status }) => status === 'failed' || status === 'cancelled');
  assert.deepEqual(others, []);
  assert.deepEqual(answers, []);
});
