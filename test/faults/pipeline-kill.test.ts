import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import type { FailpointName } from '#kernel/failpoints.ts';
import { type StartedServer, startServerProgram } from '../support/program.ts';
import { until } from '../support/until.ts';

// Kills the program between two steps of a pipeline, starts it again, and looks: the pipeline goes on where it was, and
// no step has been given two jobs.

const copyingServer = fileURLToPath(new URL('../fixtures/copying-server.ts', import.meta.url));
const picture = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#b3402e' } })
  .png()
  .toBuffer();

let root: string;
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'esteira-pipeline-kill-'));
});
after(() => rm(root, { recursive: true, force: true }));

function start(dataDir: string, failpoint?: FailpointName): Promise<StartedServer> {
  const env = {
    ESTEIRA_PORT: '0',
    ESTEIRA_DATA_DIR: dataDir,
    ESTEIRA_LOG_FILE: `${dataDir}.log`,
    ESTEIRA_WORKER_PROCESSES: '1',
    NODE_COMPILE_CACHE: join(root, 'compiled'),
    ...(failpoint && { ESTEIRA_TEST: '1', ESTEIRA_FAILPOINT: failpoint }),
  };
  return startServerProgram([], { cwd: root, env, program: copyingServer });
}

// biome-ignore lint/suspicious/noExplicitAny: JSON of many shapes, each asserted where it is read
async function ask(server: StartedServer, path: string, init?: RequestInit): Promise<any> {
  const response = await fetch(server.address + path, { signal: AbortSignal.timeout(30_000), ...init });
  return response.json();
}

/** Where the first step's job is what kills it, no answer comes: the pipeline is there all the same. */
async function askForPipeline(server: StartedServer): Promise<void> {
  const asset = await ask(server, '/v1/assets', { method: 'POST', body: new Uint8Array(picture) });
  const steps = ['a', 'b', 'c'].map((id) => ({ id, processor: 'test.copy', params: { suffix: id } }));
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ inputs: [asset.id], steps });
  const made = await ask(server, '/v1/pipelines', { method: 'POST', headers, body }).catch(() => undefined);
  if (made !== undefined) assert.equal(made.status, 'active', JSON.stringify(made));
}

async function died({ process: child }: StartedServer): Promise<void> {
  const late = setTimeout(() => child.kill('SIGTERM'), 30_000);
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve));
  clearTimeout(late);
  assert.equal(child.signalCode, 'SIGKILL', 'the failpoint was never reached');
}

describe('kill -9 between two steps', { timeout: 240_000 }, () => {
  for (const failpoint of ['step-ended', 'after-step-row'] as const) {
    test(failpoint, async () => {
      const dataDir = join(root, failpoint);
      const doomed = await start(dataDir, failpoint);
      await askForPipeline(doomed);
      await died(doomed);
      // And once more, as soon as it comes so far again.
      await died(await start(dataDir, failpoint));

      const server = await start(dataDir);
      const { items } = await ask(server, '/v1/pipelines');
      assert.equal(items.length, 1);
      const done = await until(async () => {
        const pipeline = await ask(server, `/v1/pipelines/${items[0].id}`);
        assert.notEqual(pipeline.status, 'active');
        return pipeline;
      }, 60_000);
      assert.equal(done.status, 'succeeded', JSON.stringify(done));
      const jobs = (await ask(server, '/v1/jobs')).items;
      assert.deepEqual(
        jobs.map((job: { id: string }) => job.id).toSorted(),
        done.steps.map((step: { jobId: string }) => step.jobId).toSorted(),
      );
      const last = await fetch(server.address + done.steps[2].outputs[0].url);
      assert.deepEqual(Buffer.from(await last.arrayBuffer()), Buffer.concat([picture, Buffer.from('abc')]));
      assert.equal(await server.stop(), 0);
    });
  }
});
