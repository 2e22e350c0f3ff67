import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { apiUnderTest } from '../support/api-under-test.ts';
import type { Fleet } from '../support/fleet.ts';
import { makeScene } from '../support/scenes.ts';
import { until } from '../support/until.ts';

// Real processors behind each other, asked for as people ask.

let server: Fleet;
let photo: string;
before(async () => {
  server = await apiUnderTest();
  const { rgb, widthPx, heightPx } = makeScene({ seed: 7, widthPx: 480, heightPx: 360, kind: 'product-on-white' });
  photo = await upload(
    await sharp(rgb, { raw: { width: widthPx, height: heightPx, channels: 3 } })
      .jpeg()
      .toBuffer(),
  );
});
after(async () => {
  for (const exitCode of await server.stop()) assert.equal(exitCode, 0);
  await server[Symbol.asyncDispose]();
});

// biome-ignore lint/suspicious/noExplicitAny: JSON of many shapes, each asserted where it is read
async function ask(method: string, path: string, body?: unknown, key?: string): Promise<{ status: number; json: any }> {
  const headers = {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(key && { 'idempotency-key': key }),
  };
  const text = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`${server.address}${path}`, { method, headers, ...text });
  const answer = await response.text();
  return { status: response.status, json: answer === '' ? undefined : JSON.parse(answer) };
}

async function upload(bytes: Buffer): Promise<string> {
  const response = await fetch(`${server.address}/v1/assets`, { method: 'POST', body: new Uint8Array(bytes) });
  assert.equal(response.status, 201);
  return ((await response.json()) as { id: string }).id;
}

async function bytesAt(path: string): Promise<Buffer> {
  const response = await fetch(`${server.address}${path}`);
  assert.equal(response.status, 200, path);
  return Buffer.from(await response.arrayBuffer());
}

function ended(id: string) {
  return until(async () => {
    const { json } = await ask('GET', `/v1/pipelines/${id}`);
    assert.notEqual(json.status, 'active');
    return json;
  }, 120_000);
}

const chain = [
  { id: 'cut', processor: 'image.cutout', params: { quality: 'fast' } },
  {
    id: 'square',
    processor: 'image.thumbnail',
    params: {
      canvas: { widthPx: 300, heightPx: 300 },
      products: [{ input: 0, cutout: false }],
      output: { format: 'png' },
    },
  },
  { id: 'small', processor: 'image.resize', params: { widthPx: 60, format: 'webp' } },
];

test('a photograph is cut out, set on a square and made small, each step from the one before', async () => {
  const made = await ask('POST', '/v1/pipelines', {
    name: 'shop',
    inputs: [photo],
    steps: chain,
    metadata: { sku: 7 },
  });
  assert.equal(made.status, 202, JSON.stringify(made.json));
  assert.deepEqual([made.json.status, made.json.name, made.json.metadata], ['active', 'shop', { sku: 7 }]);
  const done = await ended(made.json.id);
  assert.equal(done.status, 'succeeded', JSON.stringify(done));
  assert.deepEqual(
    done.steps.map((step: { id: string; status: string; progress: number }) => [step.id, step.status, step.progress]),
    chain.map(({ id }) => [id, 'succeeded', 1]),
  );
  const sizes = await Promise.all(
    done.steps.map(async ({ outputs: [{ url, mediaType }] }: { outputs: [{ url: string; mediaType: string }] }) => {
      const { width, height } = await sharp(await bytesAt(url)).metadata();
      return [mediaType, width, height];
    }),
  );
  assert.deepEqual(sizes, [
    ['image/png', 480, 360],
    ['image/png', 300, 300],
    ['image/webp', 60, 60],
  ]);

  // The same by hand, with a download and an upload between the steps: the same bytes.
  const cut = await bytesAt(done.steps[0].outputs[0].url);
  const byHand = await fetch(`${server.address}/v1/jobs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=60' },
    body: JSON.stringify({ processor: 'image.thumbnail', inputs: [await upload(cut)], params: chain[1]?.params }),
  });
  const job = (await byHand.json()) as { cached: boolean; outputs: { sha256: string }[] };
  assert.deepEqual([job.cached, job.outputs[0]?.sha256], [true, done.steps[1].outputs[0].sha256]);

  const jobs = await ask('GET', `/v1/jobs/${done.steps[2].jobId}`);
  assert.equal(jobs.json.inputs.length, 1);
  const described = (await ask('GET', `/v1/assets/${jobs.json.inputs[0]}`)).json;
  assert.deepEqual([described.widthPx, described.heightPx, described.mediaType], [300, 300, 'image/png']);
  const listed = (await ask('GET', '/v1/assets')).json.items.map(({ id }: { id: string }) => id);
  assert.ok(listed.includes(photo) && !listed.includes(described.id));

  const again = await ask('POST', '/v1/pipelines', { inputs: [photo], steps: chain });
  assert.ok((await ended(again.json.id)).steps.every(({ cached }: { cached: boolean }) => cached));
  const list = (await ask('GET', '/v1/pipelines?limit=1')).json;
  assert.deepEqual([list.items[0].id, typeof list.nextCursor], [again.json.id, 'string']);
  assert.equal((await ask('GET', `/v1/pipelines?cursor=${list.nextCursor}`)).json.items[0].id, done.id);

  assert.equal((await ask('DELETE', `/v1/pipelines/${done.id}`)).status, 204);
  for (const gone of [`/v1/pipelines/${done.id}`, `/v1/assets/${described.id}`, `/v1/jobs/${done.steps[0].jobId}`]) {
    assert.equal((await ask('GET', gone)).status, 404, gone);
  }
});

test('what is wrong is said at once, with the step', async () => {
  const refused = async (code: string, steps: unknown[], inputs = [photo]) => {
    const { json } = await ask('POST', '/v1/pipelines', { inputs, steps });
    assert.equal(json.code, code, JSON.stringify(json));
    return json;
  };
  const unknown = await refused('PIPELINE_INVALID', [{ ...chain[0], inputs: [{ step: 'later' }] }, chain[1]]);
  assert.deepEqual([unknown.step, unknown.index], ['cut', 0]);
  assert.match(unknown.detail, /steps\[0\] \(cut\): it refers to "later"/);
  const twice = await refused('PIPELINE_INVALID', [chain[0], chain[0]]);
  assert.deepEqual([twice.step, twice.index], ['cut', 1]);
  const wrong = await refused('INVALID_PARAMETERS', [chain[0], { ...chain[2], params: { widthPx: -1 } }]);
  assert.deepEqual([wrong.step, wrong.index], ['small', 1]);
  await refused('INVALID_PARAMETERS', []);
  await refused('INVALID_PARAMETERS', [{ ...chain[0], colour: 'red' }]);
  await refused('ASSET_NOT_FOUND', chain, ['0190a1b2-0000-7000-8000-000000000000']);
});

test('a step that fails says why, what came before it stays, and a retry begins with it', async () => {
  const steps = [
    { id: 'tiny', processor: 'image.resize', params: { widthPx: 64 } },
    { id: 'none', processor: 'image.resize', params: { widthPx: 32 }, inputs: [{ step: 'tiny', output: 3 }] },
    { id: 'after', processor: 'image.resize', params: { widthPx: 16 } },
  ];
  const made = await ask('POST', '/v1/pipelines', { inputs: [photo], steps });
  const done = await ended(made.json.id);
  assert.deepEqual(
    done.steps.map(({ status }: { status: string }) => status),
    ['succeeded', 'failed', 'skipped'],
  );
  assert.deepEqual(
    [done.status, done.steps[1].error.code, done.steps[1].error.status],
    ['failed', 'OUTPUT_NOT_FOUND', 404],
  );
  const retried = await ask('POST', `/v1/pipelines/${done.id}/retry`);
  assert.equal(retried.status, 200);
  const again = await ended(done.id);
  assert.deepEqual([again.status, again.steps[0].jobId], ['failed', done.steps[0].jobId]);
  assert.equal((await ask('POST', `/v1/pipelines/${done.id}/cancel`)).json.code, 'JOB_NOT_CANCELLABLE');
});

test('any process says how much waits, and a worker how many children it may have', async () => {
  // The line is counted every few seconds: what is shown may be from before the last job ended.
  await until(async () => {
    const text = await server.metrics();
    assert.match(text, /esteira_queue_depth\{processor="image.resize"\} 0/);
    assert.match(text, /esteira_queue_age_seconds\{processor="image.thumbnail"\} 0/);
    assert.match(text, /esteira_active_jobs\{processor="image.cutout"\} 0/);
    // Said by the first look at the machine, not by the configuration.
    assert.match(text, /esteira_sandbox_target_reason\{kind="own",reason="maximum"\} 0/);
    assert.match(text, /esteira_sandbox_target_children\{kind="light"\} [1-9]/);
  });
  const { status, json } = await ask('GET', '/v1/ops/queues');
  assert.deepEqual([status, json.total], [200, { waiting: 0, delayed: 0, active: 0, oldestSeconds: 0 }]);
});
