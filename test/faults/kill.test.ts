import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { createUsageReader } from '#accounts/plans/usage.ts';
import { loadConfig } from '#config.ts';
import { localTenantId } from '#database/local-tenant.ts';
import { collect } from '#jobs/collector.ts';
import { failpointNames as allFailpoints, type FailpointName } from '#kernel/failpoints.ts';
import { openEngines } from '#main/engines.ts';
import { createLogger } from '#observability/logger.ts';
import { shareModels } from '../support/models-dir.ts';
import { type StartedServer, startServerProgram } from '../support/program.ts';

// Kills the program where it hurts most, starts it again, and looks: what was answered with 2xx exists, every job
// ends once and with the bytes it would have had, and nothing is left that nobody refers to.

// Where a job's road goes by; uploads in pieces, webhooks and pipelines have tests of their own.
const elsewhere: readonly FailpointName[] = [
  'upload-whole',
  'upload-kept',
  'webhook-sent',
  'step-ended',
  'after-step-row',
];
const failpointNames = allFailpoints.filter((name) => !elsewhere.includes(name));
const rounds = 20;
const jobsPerRound = 3;
const copyingServer = fileURLToPath(new URL('../fixtures/copying-server.ts', import.meta.url));
const photo = await sharp({ create: { width: 320, height: 240, channels: 3, background: '#d8dcd6' } })
  .composite([{ input: { create: { width: 120, height: 140, channels: 3, background: '#b3402e' } } }])
  .jpeg()
  .toBuffer();

let root: string;
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'esteira-kill-'));
  // Making a database takes seconds; each lane below starts from a copy of this one.
  await shareModels(join(root, 'fresh'));
  const server = await start(join(root, 'fresh'), { program: copyingServer });
  assert.equal(await server.stop(), 0);
});
after(() => rm(root, { recursive: true, force: true }));

interface Variant {
  readonly failpoint?: FailpointName;
  readonly program?: string;
}

function start(dataDir: string, { failpoint, program }: Variant): Promise<StartedServer> {
  const env = {
    ESTEIRA_PORT: '0',
    ESTEIRA_DATA_DIR: dataDir,
    ESTEIRA_LOG_FILE: `${dataDir}.log`,
    ESTEIRA_WORKER_PROCESSES: '1',
    // Some 250 starts: what the first one compiled, the others need not.
    NODE_COMPILE_CACHE: join(root, 'compiled'),
    ...(failpoint && { ESTEIRA_TEST: '1', ESTEIRA_FAILPOINT: failpoint }),
  };
  return startServerProgram([], { cwd: root, env, ...(program && { program }) });
}

/** What a client gets from a server that may die at any moment; undefined when no answer came. */
async function ask(server: StartedServer, path: string, init?: RequestInit): Promise<Response | undefined> {
  try {
    const response = await fetch(server.address + path, { signal: AbortSignal.timeout(30_000), ...init });
    return new Response(await response.arrayBuffer(), response);
  } catch {
    return undefined;
  }
}

async function upload(server: StartedServer, bytes: Buffer): Promise<string | undefined> {
  const response = await ask(server, '/v1/assets', { method: 'POST', body: new Uint8Array(bytes) });
  if (response === undefined) return undefined;
  assert.equal(response.status, 201, await response.clone().text());
  return ((await response.json()) as { id: string }).id;
}

interface JobJson {
  readonly id: string;
  readonly status: string;
  readonly attempts: number;
  readonly metadata: { readonly key: string };
  readonly outputs: readonly { readonly url: string }[];
}

interface JobRequest {
  readonly processor: string;
  readonly inputs: readonly string[];
  readonly params: Readonly<Record<string, unknown>>;
}

/** A client that tries again sends the same key, so that it may. */
async function createJob(
  server: StartedServer,
  key: string,
  request: JobRequest,
  waitSeconds = 0,
): Promise<JobJson | undefined> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': key, prefer: `wait=${waitSeconds}` };
  const body = JSON.stringify({ ...request, metadata: { key } });
  const response = await ask(server, '/v1/jobs', { method: 'POST', headers, body });
  if (response === undefined) return undefined;
  assert.ok(response.status === 200 || response.status === 202, await response.clone().text());
  return (await response.json()) as JobJson;
}

async function bytesAt(server: StartedServer, path: string): Promise<Buffer> {
  const response = await ask(server, path);
  assert.equal(response?.status, 200, path);
  return Buffer.from(await (response as Response).arrayBuffer());
}

async function diedAtFailpoint(server: StartedServer): Promise<void> {
  const { process: child } = server;
  const late = setTimeout(() => child.kill('SIGTERM'), 20_000);
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve));
  clearTimeout(late);
  assert.equal(child.signalCode, 'SIGKILL', 'the failpoint was never reached');
}

/**
 * One death and what comes after: uploads and asks for jobs until the server dies, starts it again, repeats what was
 * not answered, and waits for every job.
 *
 * @param params one job for each
 * @returns the jobs' outputs, in order
 */
async function roundOfDeath(
  dataDir: string,
  variant: { readonly failpoint: FailpointName; readonly program?: string },
  name: string,
  input: Buffer,
  processor: string,
  params: readonly Record<string, unknown>[],
): Promise<Buffer[]> {
  const doomed = await start(dataDir, variant);
  const kept = await upload(doomed, input);
  const answered =
    kept === undefined
      ? []
      : await Promise.all(
          params.map((one, n) => createJob(doomed, `${name}-${n}`, { processor, inputs: [kept], params: one })),
        );
  await diedAtFailpoint(doomed);

  const server = await start(dataDir, variant.program === undefined ? {} : { program: variant.program });
  try {
    if (kept !== undefined) assert.deepEqual(await bytesAt(server, `/v1/assets/${kept}/content`), input);
    const asset = kept ?? (await upload(server, input));
    assert.ok(asset);
    const ended = await Promise.all(
      params.map(async (one, n) => {
        const job = await createJob(server, `${name}-${n}`, { processor, inputs: [asset], params: one }, 30);
        assert.equal(job?.status, 'succeeded', JSON.stringify(job));
        const before = answered[n];
        if (before) assert.equal(job.id, before.id, 'the job that was answered is the job that ended');
        assert.ok(job.attempts >= 1 && job.attempts <= 3, `${job.attempts} attempts`);
        return job;
      }),
    );
    return await Promise.all(ended.map(({ outputs: [output] }) => bytesAt(server, output?.url ?? 'no output')));
  } finally {
    await server.stop('SIGKILL');
  }
}

/** Every row's object is there, no object is without a row once collection has run, and no scratch file is left. */
async function assertTidy(dataDir: string, expectedKeys: readonly string[]): Promise<void> {
  await using opened = new AsyncDisposableStack();
  const log = createLogger({ level: 'silent' });
  const config = loadConfig({ ESTEIRA_DATA_DIR: dataDir }, root);
  const { database, store } = await openEngines(config, log, opened);
  const { db } = database;

  const jobs = await db.selectFrom('jobs').select(['status', 'idempotency_key', 'cached', 'processor']).execute();
  assert.deepEqual(jobs.map(({ idempotency_key }) => idempotency_key).sort(), [...expectedKeys].sort());
  assert.ok(jobs.every(({ status }) => status === 'succeeded'));

  // What was made is counted once, however often it was begun.
  const made = jobs.filter(({ cached }) => !cached);
  const { days, limits } = await createUsageReader(db).of(localTenantId);
  const counted = (of: 'jobs' | 'images') => days.reduce((sum, day) => sum + day[of], 0);
  assert.equal(counted('jobs'), made.length);
  assert.equal(counted('images'), made.filter(({ processor }) => processor.startsWith('image.')).length);

  const scratchRoot = join(dataDir, 'scratch');
  await collect({ db, store, scratchRoot, log }, { minAgeMs: 0, resultTtlMs: 1e12 });
  const named = [
    ...(await db.selectFrom('assets').select('sha256').execute()),
    ...(await db.selectFrom('job_inputs').select('sha256').execute()),
    ...(await db.selectFrom('job_outputs').select('sha256').execute()),
    ...(await db.selectFrom('needed_results').select('sha256').execute()),
  ].map(({ sha256 }) => sha256);
  const stored: string[] = [];
  for await (const { sha256 } of store.list()) stored.push(sha256);
  // Every input here is still an asset, so these are the tenant's bytes, too.
  const sizes = await Promise.all(stored.map((sha256) => store.sizeOf(sha256)));
  const storedBytes = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  assert.equal(limits.find(({ name }) => name === 'storedBytes')?.used, storedBytes);
  assert.deepEqual(stored.sort(), [...new Set(named)].sort());
  assert.deepEqual(await readdir(scratchRoot), []);
}

describe('killed at any failpoint, nothing that was answered is lost', { concurrency: failpointNames.length }, () => {
  for (const failpoint of failpointNames) {
    test(`${failpoint}, ${rounds} times`, async () => {
      const dataDir = join(root, failpoint);
      await cp(join(root, 'fresh'), dataDir, { recursive: true });
      const keys: string[] = [];
      for (let round = 0; round < rounds; round++) {
        const name = `${failpoint}-${round}`;
        const input = await sharp({
          create: { width: 2, height: 1, channels: 3, background: { r: round, g: 0, b: 0 } },
        })
          .png()
          .toBuffer();
        const params = Array.from({ length: jobsPerRound }, (_, n) => ({ suffix: `${name}-${n}` }));
        const outputs = await roundOfDeath(
          dataDir,
          { failpoint, program: copyingServer },
          name,
          input,
          'test.copy',
          params,
        );
        assert.deepEqual(
          outputs.map(String),
          params.map(({ suffix }) => String(Buffer.concat([input, Buffer.from(suffix)]))),
        );
        keys.push(...params.map((_, n) => `${name}-${n}`));
      }
      await assertTidy(dataDir, keys);
    });
  }
});

test('the program that people run, killed while it cuts out: the bytes are those of a run that nobody killed', async () => {
  const calm = join(root, 'calm');
  await cp(join(root, 'fresh'), calm, { recursive: true });
  const params = { quality: 'fast' };
  const server = await start(calm, {});
  const asset = await upload(server, photo);
  assert.ok(asset);
  const job = await createJob(server, 'calm', { processor: 'image.cutout', inputs: [asset], params }, 60);
  assert.equal(job?.status, 'succeeded', JSON.stringify(job));
  const expected = await bytesAt(server, job.outputs[0]?.url ?? 'no output');
  await server.stop('SIGKILL');

  for (const failpoint of failpointNames) {
    const dataDir = join(root, `cutout-${failpoint}`);
    await cp(join(root, 'fresh'), dataDir, { recursive: true });
    const [output] = await roundOfDeath(dataDir, { failpoint }, failpoint, photo, 'image.cutout', [params]);
    assert.deepEqual(output, expected, failpoint);
    await assertTidy(dataDir, [`${failpoint}-0`]);
  }
});
