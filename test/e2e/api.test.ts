import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { apiUnderTest } from '../support/api-under-test.ts';
import { hostileFiles, hostileNames } from '../support/corpus.ts';
import type { Fleet } from '../support/fleet.ts';
import { hostileSounds } from '../support/hostile-sounds.ts';
import { until } from '../support/until.ts';

// The real program, whole, on the engines that this run is for; children run the processors.

const answerWithinMs = 2_000;
const photo = await sharp({ create: { width: 320, height: 240, channels: 3, background: '#d8dcd6' } })
  .composite([{ input: { create: { width: 120, height: 140, channels: 3, background: '#b3402e' } } }])
  .jpeg()
  .toBuffer();

let server: Fleet;
before(async () => {
  server = await apiUnderTest();
  await warmUp();
});
after(() => server[Symbol.asyncDispose]());

/** The first job of a worker starts a child and loads the model; the limits below are for workers at work. */
async function warmUp(): Promise<void> {
  let shade = 0;
  // Each is new: what is known already is no work.
  const another = () => {
    shade += 1;
    return sharp(photo)
      .modulate({ brightness: 0.4 + shade / 200 })
      .jpeg()
      .toBuffer();
  };
  await until(async () => {
    const files = await Promise.all(Array.from({ length: 2 * (server.workers.length || 1) }, another));
    await Promise.all(files.map((file) => sendForm('/v1/images/cutout', { quality: 'fast' }, file)));
    const children = (await server.metrics()).match(/esteira_sandbox_children\{family="image.mask"\} [1-9]/g) ?? [];
    assert.equal(children.length, server.workers.length || 1);
  }, 60_000);
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  readonly milliseconds: number;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of many shapes, each asserted where it is read
  json(): any;
}

async function ask(path: string, init: RequestInit = {}): Promise<Answer> {
  const startedMs = performance.now();
  const response = await fetch(`${server.address}${path}`, init);
  const bytes = Buffer.from(await response.arrayBuffer());
  const milliseconds = performance.now() - startedMs;
  return {
    status: response.status,
    headers: response.headers,
    bytes,
    milliseconds,
    json: () => JSON.parse(String(bytes)),
  };
}

function sendForm(path: string, fields: Record<string, string>, file: Buffer, name = 'photo.jpg'): Promise<Answer> {
  const body = new FormData();
  body.append('file', new Blob([new Uint8Array(file)]), name);
  for (const [field, value] of Object.entries(fields)) body.append(field, value);
  return ask(path, { method: 'POST', body });
}

function sendJson(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return ask(path, { method: 'POST', body: text, headers: { 'content-type': 'application/json', ...headers } });
}

function assertProblem(answer: Answer, status: number, code: string, about: string): void {
  assert.equal(answer.headers.get('content-type'), 'application/problem+json', about);
  const problem = answer.json();
  assert.deepEqual([answer.status, problem.code], [status, code], `${about}: ${answer.bytes}`);
  assert.equal(problem.status, status);
  assert.equal(problem.requestId, answer.headers.get('x-request-id'));
  assert.ok(!String(answer.bytes).includes(server.dir), `${about} shows a path`);
  assert.ok(answer.milliseconds < answerWithinMs, `${about} took ${answer.milliseconds} ms`);
}

/** All that an upload or a job could leave on the disk, and in the lists. */
async function traces(): Promise<unknown> {
  const ids = async (path: string) => (await ask(path)).json().items.map(({ id }: { id: string }) => id);
  return {
    files: await server.files(),
    assets: await ids('/v1/assets?limit=100'),
    jobs: await ids('/v1/jobs?limit=100'),
  };
}

async function leavesNothing(about: string, act: () => Promise<void>): Promise<void> {
  const before = await traces();
  await act();
  assert.deepEqual(await traces(), before, `${about} left something behind`);
  assert.equal((await ask('/readyz')).status, 200);
}

for (const { row, title, fileName, contentType, expected, open } of [...hostileFiles, ...hostileSounds]) {
  const name = row === 0 ? title : `${row} ${title}`;
  if ('code' in expected) {
    test(`${name}: refused with ${expected.status} ${expected.code}, by form, raw body and one call`, async () => {
      const bytes = await buffer(await open());
      await leavesNothing(name, async () => {
        const raw = { method: 'POST', body: new Uint8Array(bytes), headers: { 'content-type': contentType } };
        assertProblem(await sendForm('/v1/assets', {}, bytes, fileName), expected.status, expected.code, 'form');
        assertProblem(await ask('/v1/assets', raw), expected.status, expected.code, 'raw body');
        assertProblem(await sendForm('/v1/images/cutout', {}, bytes, fileName), expected.status, expected.code, 'call');
      });
    });
  } else {
    test(`${name}: accepted, and its job ends with ${expected.job}`, async () => {
      const upload = await sendForm('/v1/assets', {}, await buffer(await open()), fileName);
      assert.equal(upload.status, 201, String(upload.bytes));
      const isSound = contentType.startsWith('audio/');
      const work = isSound
        ? { processor: 'audio.analysis' }
        : { processor: 'image.cutout', params: { quality: 'fast' } };
      const request = { ...work, inputs: [upload.json().id] };
      const answer = await sendJson('/v1/jobs', request, { prefer: 'wait=20' });
      assert.equal(answer.status, 200);
      const job = answer.json();
      assert.equal(job.error?.code ?? job.status, expected.job, String(answer.bytes));
      assert.equal(job.attempts, 1);
      // The first recording starts a child of its own.
      assert.ok(isSound || answer.milliseconds < answerWithinMs, `took ${answer.milliseconds} ms`);
      await until(async () => assert.deepEqual((await server.files()).scratch, []));
      assert.equal((await ask('/readyz')).status, 200);
    });
  }
}

test('whatever a file is called, it is stored under its hash and comes back with a safe name', async () => {
  const pixel = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#fff' } })
    .png()
    .toBuffer();
  for (const { row, name } of hostileNames) {
    const upload = await sendForm('/v1/assets', {}, pixel, name);
    assert.equal(upload.status, 201, `${row}: ${upload.bytes}`);
    const content = await ask(`${upload.headers.get('location')}/content`);
    assert.deepEqual(content.bytes, pixel);
    assert.match(
      content.headers.get('content-disposition') ?? '',
      /^inline; filename="\w[\w.\- ()]*\.png"; filename\*=UTF-8''[\w%.~!-]+\.png$/,
    );
  }
  for (const path of (await server.files()).objects)
    assert.match(path, /^(?:(?:objects\/)?[0-9a-f]{2}(?:\/[0-9a-f]{2}(?:\/[0-9a-f]{64})?)?|\.incoming|\.aside)$/);
});

test('a wrong request for a job is refused, named, and leaves nothing', async () => {
  const { id } = (await sendForm('/v1/assets', {}, photo)).json();
  const job = { processor: 'image.cutout', inputs: [id] };
  const wrong: [body: unknown, status: number, code: string][] = [
    [{ ...job, processor: 'image.nothing' }, 422, 'UNKNOWN_PROCESSOR'],
    [{ ...job, processor: '../../etc/passwd' }, 422, 'UNKNOWN_PROCESSOR'],
    [{ ...job, params: { nonsense: 1 } }, 400, 'INVALID_PARAMETERS'],
    [{ ...job, params: { quality: 'perfect' } }, 400, 'INVALID_PARAMETERS'],
    [{ ...job, params: { modelPath: '/etc/passwd' } }, 400, 'INVALID_PARAMETERS'],
    [{ ...job, params: 'quality=fast' }, 400, 'INVALID_PARAMETERS'],
    [{ ...job, tenantId: id }, 400, 'INVALID_PARAMETERS'],
    [{ ...job, inputs: [] }, 422, 'WRONG_INPUT_COUNT'],
    [{ ...job, inputs: [id, id, id] }, 422, 'WRONG_INPUT_COUNT'],
    [{ ...job, inputs: ['01234567-89ab-7def-8123-456789abcdef'] }, 404, 'ASSET_NOT_FOUND'],
    [{ ...job, inputs: ["' or 1=1 --"] }, 404, 'ASSET_NOT_FOUND'],
    ['{"processor":', 400, 'INVALID_JSON'],
    [`{"processor":"image.cutout","inputs":["${id}"],"inputs":[]}`, 400, 'INVALID_JSON'],
    [`{"processor":"image.cutout","inputs":["${id}"],"metadata":{"__proto__":{"admin":true}}}`, 400, 'INVALID_JSON'],
    [`{"metadata":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, 400, 'INVALID_JSON'],
    [`{"metadata":{"a":"${'x'.repeat(10_000_000)}"}}`, 413, 'BODY_TOO_LARGE'],
  ];
  await leavesNothing('a refused job', async () => {
    for (const [body, status, code] of wrong) {
      assertProblem(await sendJson('/v1/jobs', body), status, code, JSON.stringify(body).slice(0, 200));
    }
    for (const path of ['/v1/jobs/../../etc/passwd', '/v1/jobs/..%2f..%2fetc%2fpasswd', `/v1/assets/${id}%00`]) {
      assert.equal((await ask(path)).status, 404, path);
    }
  });
});

test('a wrong one call is refused and leaves no upload behind', async () => {
  const known = await traces();
  assertProblem(
    await sendForm('/v1/images/cutout', { quality: 'perfect' }, photo),
    400,
    'INVALID_PARAMETERS',
    'quality',
  );
  assertProblem(await sendForm('/v1/images/cutout', { nonsense: '1' }, photo), 400, 'INVALID_PARAMETERS', 'unknown');
  assert.deepEqual(await traces(), known);
});

test('one call gives a cut-out of the same size, and the second time gives the same bytes without work', async () => {
  const file = await sharp(photo).modulate({ brightness: 1.1 }).jpeg().toBuffer();
  const first = await sendForm('/v1/images/cutout', { quality: 'fast' }, file, 'vaso.jpg');
  assert.equal(first.status, 200, String(first.bytes));
  assert.equal(first.headers.get('content-type'), 'image/png');
  assert.equal(first.headers.get('x-quality'), 'fast');
  assert.ok(Number(first.headers.get('x-confidence')) >= 0 && Number(first.headers.get('x-confidence')) <= 1);
  const { width, height, hasAlpha } = await sharp(first.bytes).metadata();
  assert.deepEqual({ width, height, hasAlpha }, { width: 320, height: 240, hasAlpha: true });

  const again = await sendForm('/v1/images/cutout', { quality: 'fast' }, file, 'vaso.jpg');
  assert.deepEqual(again.bytes, first.bytes);
  assert.equal(again.headers.get('etag'), first.headers.get('etag'));
  assert.deepEqual(
    [first, again].map(({ headers }) => headers.get('x-cached')),
    ['false', 'true'],
  );
  const job = (await ask(`/v1/jobs/${again.headers.get('x-job-id')}`)).json();
  assert.deepEqual([job.status, job.cached, job.attempts], ['succeeded', true, 0]);
});

test('a job by steps, once for one Idempotency-Key', async () => {
  const { id: asset } = (await sendForm('/v1/assets', {}, photo)).json();
  const request = { processor: 'image.cutout', inputs: [asset], params: { quality: 'fast' }, metadata: { sku: 'A-1' } };
  const key = { 'idempotency-key': 'order-17' };
  const created = await sendJson('/v1/jobs', request, key);
  assert.equal(created.status, 202);
  const repeated = await sendJson('/v1/jobs', request, { ...key, prefer: 'wait=20' });
  assert.equal(repeated.json().id, created.json().id);
  assert.equal(repeated.json().status, 'succeeded');
  assertProblem(
    await sendJson('/v1/jobs', { ...request, metadata: {} }, key),
    422,
    'IDEMPOTENCY_KEY_REUSED',
    'other request',
  );

  const job = repeated.json();
  assert.deepEqual(job.metadata, { sku: 'A-1' });
  const output = await ask(job.outputs[0].url);
  assert.equal(output.headers.get('etag'), `"${job.outputs[0].sha256}"`);
  assert.equal(output.bytes.length, job.outputs[0].sizeBytes);
  const tail = await ask(job.outputs[0].url, { headers: { range: 'bytes=-12' } });
  assert.deepEqual(tail.bytes, output.bytes.subarray(-12));

  assert.equal((await ask(`/v1/jobs/${job.id}`, { method: 'DELETE' })).status, 204);
  assertProblem(await ask(`/v1/jobs/${job.id}`), 404, 'JOB_NOT_FOUND', 'removed job');
});

test('two who ask for the same at once get the same bytes', async () => {
  const file = await sharp(photo).modulate({ brightness: 0.9 }).jpeg().toBuffer();
  const answers = await Promise.all([1, 2, 3].map(() => sendForm('/v1/images/cutout', { quality: 'fast' }, file)));
  for (const { status, bytes } of answers) {
    assert.equal(status, 200, String(bytes));
    assert.deepEqual(bytes, answers[0]?.bytes);
  }
});

test('health, readiness and metrics speak of the real parts, and name no path', async () => {
  const health = await ask('/health');
  assert.equal(health.status, 200);
  const { checks } = health.json();
  for (const name of ['application', 'database', 'fanOut', 'storage', 'disk', 'memory']) assert.ok(checks[name], name);
  assert.equal('sandbox' in checks, server.workers.length === 0, 'where the work is done');
  assert.ok(!String(health.bytes).includes(server.dir));
  const metrics = await server.metrics();
  assert.match(metrics, /esteira_sandbox_children\{family="image.mask"\} [1-9]/);
  assert.match(metrics, /esteira_jobs_created_total\{processor="image.cutout",how="cached"\} [1-9]/);
});

test('after a restart everything answered is still there, and known work is not done again', async () => {
  const before = await sendForm('/v1/images/cutout', { quality: 'fast' }, photo);
  await server.restart();
  const id = before.headers.get('x-job-id');
  assert.equal((await ask(`/v1/jobs/${id}`)).json().status, 'succeeded');
  assert.deepEqual((await ask(`/v1/jobs/${id}/outputs/0`)).bytes, before.bytes);
  const again = await sendForm('/v1/images/cutout', { quality: 'fast' }, photo);
  assert.equal(again.headers.get('x-cached'), 'true');
  assert.deepEqual(again.bytes, before.bytes);
});

test('the log has no stack of ours: nothing here was unexpected', async () => {
  const lines = await server.log();
  assert.ok(lines.length > 50);
  assert.deepEqual(
    lines.filter((line) => JSON.parse(line).level >= 50),
    [],
  );
});
