import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { AppError, type ErrorCode, errorTable } from '#kernel/errors.ts';
import { createHealth } from '#observability/health.ts';
import { createApp } from './app.ts';
import type { Api, AppDeps } from './deps.ts';
import { createWorld, onePixelPng, type World } from './stand-ins.ts';

let world: World;
let api: Api;
before(async () => {
  world = createWorld({ corsOrigins: ['https://shop.example'], publicUrl: 'https://media.example' });
  api = await createApp(world.deps);
});
after(() => api.close());

function ask(
  method: InjectOptions['method'] & string,
  url: string,
  more: InjectOptions = {},
): Promise<LightMyRequestResponse> {
  return api.inject({ ...more, method: method as 'GET', url, headers: { host: 'localhost:3000', ...more.headers } });
}

function send(url: string, body: unknown, headers: Record<string, string> = {}): Promise<LightMyRequestResponse> {
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  return ask('POST', url, { payload, headers: { 'content-type': 'application/json', ...headers } });
}

async function sendForm(url: string, ...parts: [name: string, value: string | Buffer, fileName?: string][]) {
  const form = new FormData();
  for (const [name, value, fileName] of parts) {
    if (typeof value === 'string') form.append(name, value);
    else form.append(name, new Blob([new Uint8Array(value)]), fileName);
  }
  const encoded = new Response(form);
  const headers = { 'content-type': encoded.headers.get('content-type') ?? '' };
  return ask('POST', url, { headers, payload: Buffer.from(await encoded.arrayBuffer()) });
}

/** The same app but for some of its dependencies; the caller closes it. */
function variant(changes: Partial<AppDeps>): Promise<Api> {
  return createApp({ ...world.deps, health: createHealth([]), ...changes });
}

function assertProblem(response: LightMyRequestResponse, code: ErrorCode): Record<string, unknown> {
  const problem = response.json<Record<string, unknown>>();
  assert.equal(problem['code'], code, response.payload);
  assert.equal(response.headers['content-type'], 'application/problem+json');
  assert.equal(response.statusCode, errorTable[code].status);
  assert.equal(problem['status'], response.statusCode);
  assert.equal(problem['type'], `/problems/${code}`);
  assert.equal(problem['title'], errorTable[code].title);
  assert.equal(problem['requestId'], response.headers['x-request-id']);
  assert.equal(typeof problem['detail'], 'string');
  return problem;
}

async function uploaded(): Promise<{ id: string; sha256: string }> {
  const response = await ask('POST', '/v1/assets', { payload: onePixelPng, headers: { 'content-type': 'image/png' } });
  return response.json();
}

test('an upload comes back byte for byte, from a form and from a raw body', async () => {
  const viaForm = await sendForm('/v1/assets', ['file', onePixelPng, 'tênis.png']);
  assert.equal(viaForm.statusCode, 201);
  const asset = viaForm.json<{ id: string; name: string; sizeBytes: number; sha256: string }>();
  assert.equal(viaForm.headers.location, `/v1/assets/${asset.id}`);
  assert.equal(asset.name, 'tênis.png');
  assert.equal(asset.sizeBytes, onePixelPng.length);

  for (const { id, sha256 } of [asset, await uploaded()]) {
    const content = await ask('GET', `/v1/assets/${id}/content`);
    assert.deepEqual(content.rawPayload, onePixelPng);
    assert.equal(content.headers['content-type'], 'image/png');
    assert.equal(content.headers['etag'], `"${sha256}"`);
    assert.equal(content.headers['x-content-type-options'], 'nosniff');
    assert.match(String(content.headers['content-security-policy']), /sandbox/);
    assert.match(String(content.headers['cache-control']), /private.*immutable/);
  }
});

test('answers ranges, validators and HEAD as RFC 9110 says', async () => {
  const { id, sha256 } = await uploaded();
  const url = `/v1/assets/${id}/content`;
  const etag = `"${sha256}"`;
  const size = onePixelPng.length;

  const part = await ask('GET', url, { headers: { range: 'bytes=1-3' } });
  assert.equal(part.statusCode, 206);
  assert.equal(part.payload, 'PNG');
  assert.equal(part.headers['content-range'], `bytes 1-3/${size}`);
  assert.equal(part.headers['content-length'], '3');
  const tail = await ask('GET', url, { headers: { range: 'bytes=-8' } });
  assert.deepEqual(tail.rawPayload, onePixelPng.subarray(-8));

  const beyond = await ask('GET', url, { headers: { range: 'bytes=999-' } });
  assertProblem(beyond, 'RANGE_NOT_SATISFIABLE');
  assert.equal(beyond.headers['content-range'], `bytes */${size}`);

  for (const known of [etag, `W/${etag}`, '*', `"other", ${etag}`]) {
    const same = await ask('GET', url, { headers: { 'if-none-match': known } });
    assert.equal(same.statusCode, 304, known);
    assert.equal(same.payload, '');
    assert.equal(same.headers['etag'], etag);
  }
  assert.equal((await ask('GET', url, { headers: { 'if-none-match': '"other"' } })).statusCode, 200);
  assert.equal((await ask('GET', url, { headers: { range: 'bytes=0-0', 'if-range': '"other"' } })).statusCode, 200);
  assert.equal((await ask('GET', url, { headers: { range: 'bytes=0-0', 'if-range': etag } })).statusCode, 206);

  const head = await ask('HEAD', url);
  assert.equal(head.statusCode, 200);
  assert.equal(head.payload, '');
  assert.equal(head.headers['content-length'], String(size));
});

test('lists, describes and removes uploads', async () => {
  const { id } = await uploaded();
  const list = await ask('GET', '/v1/assets?limit=100');
  assert.ok(list.json<{ items: { id: string }[] }>().items.some((item) => item.id === id));
  assert.equal((await ask('GET', `/v1/assets/${id}`)).json<{ id: string }>().id, id);
  assert.equal((await ask('DELETE', `/v1/assets/${id}`)).statusCode, 204);
  for (const url of [`/v1/assets/${id}`, `/v1/assets/${id}/content`])
    assertProblem(await ask('GET', url), 'ASSET_NOT_FOUND');
  assertProblem(await ask('DELETE', `/v1/assets/${id}`), 'ASSET_NOT_FOUND');
});

test('a job is answered 202 with its address, and its JSON has the promised names', async () => {
  const { id: asset } = await uploaded();
  const created = await send('/v1/jobs', {
    processor: 'image.cutout',
    inputs: [asset],
    metadata: { order: { id: 7 } },
  });
  assert.equal(created.statusCode, 202);
  const { id } = created.json<{ id: string }>();
  assert.equal(created.headers.location, `/v1/jobs/${id}`);

  const job = (await ask('GET', `/v1/jobs/${id}`)).json();
  const output = { index: 0, mediaType: 'image/png', sizeBytes: onePixelPng.length, url: `/v1/jobs/${id}/outputs/0` };
  const { finishedAt, queuedAt, outputs, ...rest } = job;
  assert.deepEqual(rest, {
    id,
    status: 'succeeded',
    processor: 'image.cutout',
    priority: 'normal',
    progress: 1,
    attempts: 0,
    params: {},
    inputs: [asset],
    metadata: { order: { id: 7 } },
    startedAt: null,
    cached: false,
  });
  for (const time of [queuedAt, finishedAt]) assert.equal(new Date(time).toISOString(), time);
  const { sha256, data, ...shown } = outputs[0];
  assert.deepEqual(shown, output);
  assert.deepEqual(data, { confidence: 0.97, quality: 'best' });

  const bytes = await ask('GET', output.url);
  assert.deepEqual(bytes.rawPayload, onePixelPng);
  assert.equal(bytes.headers['etag'], `"${sha256}"`);
  for (const index of ['1', '-1', '0.0', '00', 'x']) {
    assertProblem(await ask('GET', `/v1/jobs/${id}/outputs/${index}`), 'OUTPUT_NOT_FOUND');
  }
});

test('Prefer: wait holds the answer until the job ends, or until the time is up', async () => {
  const { id } = await uploaded();
  const request = { processor: 'image.cutout', inputs: [id] };
  const gate = Promise.withResolvers<object>();
  world.finish = () => gate.promise;
  try {
    const inTime = send('/v1/jobs', request, { prefer: 'wait=20' });
    gate.resolve({});
    const done = await inTime;
    assert.equal(done.statusCode, 200);
    assert.equal(done.headers['preference-applied'], 'wait=20');
    assert.equal(done.json<{ status: string }>().status, 'succeeded');

    world.finish = () => new Promise(() => {});
    const late = await send('/v1/jobs', request, { prefer: 'wait=1' });
    assert.equal(late.statusCode, 202);
    assert.equal(late.headers['preference-applied'], undefined);
    const { id: waiting, status } = late.json<{ id: string; status: string }>();
    assert.equal(status, 'queued');
    assertProblem(await ask('GET', `/v1/jobs/${waiting}/outputs/0`), 'JOB_NOT_FINISHED');
    assert.equal((await ask('POST', `/v1/jobs/${waiting}/cancel`)).json<{ status: string }>().status, 'cancelled');
    assertProblem(await ask('POST', `/v1/jobs/${waiting}/cancel`), 'JOB_NOT_CANCELLABLE');
    assertProblem(await ask('POST', `/v1/jobs/${waiting}/retry`), 'JOB_NOT_RETRYABLE');
    assert.equal((await ask('DELETE', `/v1/jobs/${waiting}`)).statusCode, 204);
    assertProblem(await ask('GET', `/v1/jobs/${waiting}`), 'JOB_NOT_FOUND');
  } finally {
    world.finish = undefined;
  }
});

test('a failed job says why, in its JSON and to whoever waits in one call', async () => {
  const error = { code: 'MEDIA_INVALID', detail: 'The image ends early. Send it again.' } as const;
  world.finish = async () => ({ status: 'failed', error });
  try {
    const { id } = await uploaded();
    const job = (await send('/v1/jobs', { processor: 'image.cutout', inputs: [id] }, { prefer: 'wait=5' })).json();
    assert.deepEqual(job.error, { ...error, title: errorTable.MEDIA_INVALID.title, status: 422 });
    const problem = assertProblem(
      await sendForm('/v1/images/cutout', ['image', onePixelPng, 'a.png']),
      'MEDIA_INVALID',
    );
    assert.equal(problem['detail'], error.detail);
    assert.ok(world.jobs.has(String(problem['jobId'])));
  } finally {
    world.finish = undefined;
  }
});

test('one call: file in, result out, with parameters before and after the file', async () => {
  for (const field of ['image', 'file']) {
    const cut = await sendForm(
      '/v1/images/cutout',
      ['quality', 'fast'],
      [field, onePixelPng, 'tênis.jpg'],
      ['marginPx', '7'],
      ['maskOnly', 'true'],
    );
    assert.equal(cut.statusCode, 200, cut.payload);
    assert.deepEqual(cut.rawPayload, onePixelPng);
    assert.equal(cut.headers['content-type'], 'image/png');
    assert.equal(cut.headers['x-confidence'], '0.97');
    assert.equal(cut.headers['x-quality'], 'fast');
    assert.equal(cut.headers['x-cached'], 'false');
    assert.match(String(cut.headers['content-disposition']), /t%C3%AAnis\.png/);
    const job = world.jobs.get(String(cut.headers['x-job-id']));
    assert.deepEqual(job?.params, { quality: 'fast', marginPx: 7, maskOnly: true });
    assert.equal(job?.priority, 'high');
    assert.equal(cut.headers['etag'], `"${job?.outputs[0]?.sha256}"`);
  }
  const headers = { 'content-type': 'image/png' };
  const raw = await ask('POST', '/v1/images/cutout?quality=fast&marginPx=3', { payload: onePixelPng, headers });
  assert.deepEqual(raw.rawPayload, onePixelPng);
  assert.deepEqual(world.jobs.get(String(raw.headers['x-job-id']))?.params, { quality: 'fast', marginPx: 3 });
});

test('a refused one call leaves no upload behind', async () => {
  const before = world.assets.size;
  const image: [string, Buffer, string] = ['image', onePixelPng, 'a.png'];
  assertProblem(await sendForm('/v1/images/cutout', image, ['quality', 'worst']), 'INVALID_PARAMETERS');
  assertProblem(await sendForm('/v1/images/cutout', image, ['unknown', '1']), 'INVALID_PARAMETERS');
  assertProblem(await sendForm('/v1/images/cutout', image, ['params', '{']), 'INVALID_JSON');
  assertProblem(await sendForm('/v1/images/cutout', image, image), 'INVALID_PARAMETERS');
  assertProblem(
    await sendForm('/v1/images/cutout', image, ['quality', 'fast'], ['quality', 'fast']),
    'INVALID_PARAMETERS',
  );
  assertProblem(await sendForm('/v1/images/cutout', ['quality', 'fast']), 'INVALID_PARAMETERS');
  assertProblem(await sendForm('/v1/images/cutout', ['photo', onePixelPng, 'a.png']), 'INVALID_PARAMETERS');
  assertProblem(await sendForm('/v1/images/cutout', image, ['__proto__', 'x']), 'BAD_REQUEST');
  assertProblem(await sendForm('/v1/images/cutout', image, ['quality', 'x'.repeat(70_000)]), 'BODY_TOO_LARGE');
  assertProblem(await sendForm('/v1/images/cutout', ['image', Buffer.from('text'), 'a.jpg']), 'UNSUPPORTED_MEDIA_TYPE');
  assertProblem(await sendForm('/v1/images/cutout', ['image', Buffer.alloc(0), 'a.jpg']), 'EMPTY_FILE');
  const headers = { 'content-type': 'image/png' };
  assertProblem(
    await ask('POST', '/v1/images/cutout?quality=1&quality=2', { payload: onePixelPng, headers }),
    'INVALID_PARAMETERS',
  );
  assert.equal(world.assets.size, before);
});

test('a form that is no form is a bad request', async () => {
  const sent = (payload: string, type = 'multipart/form-data; boundary=x') =>
    ask('POST', '/v1/assets', { payload, headers: { 'content-type': type } });
  const part = '--x\r\nContent-Disposition: form-data; name=';
  assertProblem(await sent('nonsense'), 'BAD_REQUEST');
  assertProblem(await sent('x', 'multipart/form-data'), 'BAD_REQUEST');
  assertProblem(await sent(`${part}"file"; filename="a.png"\r\n\r\nabc`), 'UPLOAD_INTERRUPTED');
  const badJson = `${part}"params"\r\nContent-Type: application/json\r\n\r\n{\r\n--x--\r\n`;
  assertProblem(await sent(badJson), 'INVALID_JSON');
  const manyFields = Array.from({ length: 100 }, (_, n) => `${part}"f${n}"\r\n\r\n1\r\n`).join('');
  assertProblem(await sent(`${manyFields}--x--\r\n`), 'BODY_TOO_LARGE');
  assertProblem(await sent('--x--\r\n'), 'INVALID_PARAMETERS');
});

test('no header of a proxy that nobody named moves an address', async () => {
  const headers = { 'content-type': 'image/png', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'gopher' };
  const created = await ask('POST', '/v1/assets', { payload: onePixelPng, headers });
  assert.match(String(created.headers.location), /^\/v1\/assets\/[0-9a-f-]+$/);
  assert.doesNotMatch((await ask('GET', '/', { headers })).payload, /evil|gopher/);
});

test('names of uploads are shown, never used', async () => {
  for (const name of [
    '../../x',
    '..%2f',
    '%252e%252e',
    'C:\\x',
    '\\\\host\\x',
    'a\u0000b',
    'x'.repeat(4_096),
    '\u202egpj.exe',
    'a\r\nb',
    '.htaccess',
    '-rf',
    'é.png',
    'e\u0301.png',
  ]) {
    const response = await sendForm('/v1/assets', ['file', onePixelPng, name]);
    assert.equal(response.statusCode, 201, JSON.stringify(name));
    const content = await ask('GET', `${response.headers.location}/content`);
    assert.match(
      String(content.headers['content-disposition']),
      /^inline; filename="[\w][\w.\- ()%]*\.png"; filename\*=UTF-8''[\w.!~%-]+\.png$/,
    );
  }
});

test('every wrong field is named, and nothing is coerced or dropped', async () => {
  const problem = assertProblem(
    await send('/v1/jobs', { processor: 5, inputs: ['a', 1], priority: 'urgent', role: 'admin', tenantId: 'x' }),
    'INVALID_PARAMETERS',
  );
  const fields = (problem['errors'] as { field: string }[]).map(({ field }) => field).sort();
  assert.deepEqual(fields, ['inputs.1', 'priority', 'processor', 'role', 'tenantId']);
  for (const field of fields) assert.ok(String(problem['detail']).includes(field), field);
  for (const body of ['', 'null', '[]', '"text"']) assertProblem(await send('/v1/jobs', body), 'INVALID_PARAMETERS');
  assertProblem(await send('/v1/jobs', { processor: 'image.nothing', inputs: [] }), 'UNKNOWN_PROCESSOR');
  assertProblem(await send('/v1/jobs', { processor: 'image.cutout', inputs: ['missing'] }), 'ASSET_NOT_FOUND');
  assertProblem(await ask('GET', '/v1/jobs?status=bogus'), 'INVALID_PARAMETERS');
  assertProblem(await ask('GET', '/v1/jobs?limit=1e9'), 'INVALID_PARAMETERS');
  assertProblem(await ask('GET', '/v1/jobs?tenantId=x'), 'INVALID_PARAMETERS');
  assertProblem(
    await send('/v1/jobs', { processor: 'image.cutout', inputs: [] }, { 'idempotency-key': 'ção' }),
    'INVALID_PARAMETERS',
  );
});

test('JSON is strict and small', async () => {
  const deep = '['.repeat(10_000) + ']'.repeat(10_000);
  for (const body of ['{', '{"a":1,"a":2}', '{"__proto__":{}}', deep])
    assertProblem(await send('/v1/jobs', body), 'INVALID_JSON');
  assertProblem(await send('/v1/jobs', `{"a":"${'x'.repeat(10_000_000)}"}`), 'BODY_TOO_LARGE');
  for (const type of [
    'text/plain',
    'application/xml',
    'application/json\tx',
    'application/json-patch+json',
    'multipart/form-data; boundary=x',
  ]) {
    assertProblem(await send('/v1/jobs', '{}', { 'content-type': type }), 'UNSUPPORTED_CONTENT_TYPE');
  }
});

test('unknown addresses and methods', async () => {
  for (const url of ['/nope', '/v1', '/V1/jobs', '/admin%2Fx', '/v1%2fjobs', '/docs/../../etc/passwd']) {
    assertProblem(await ask('GET', url), 'NOT_FOUND');
  }
  assertProblem(await ask('GET', '/v1/assets/a%2fb'), 'ASSET_NOT_FOUND');
  for (const id of ['', '%00', '%', '..%2f..%2fassets', '%252e']) {
    const status = id === '%' ? 400 : 404;
    assert.equal((await ask('GET', `/v1/jobs/${id}`)).statusCode, status, id);
  }
  assertProblem(await ask('GET', `/v1/jobs/${'x'.repeat(500)}`), 'NOT_FOUND');
  assertProblem(await ask('GET', '/%zz'), 'BAD_REQUEST');
  const wrong = await ask('PUT', '/v1/jobs/abc');
  assertProblem(wrong, 'METHOD_NOT_ALLOWED');
  assert.equal(wrong.headers['allow'], 'DELETE, GET, HEAD');
  const options = await ask('OPTIONS', '/v1/jobs');
  assert.equal(options.statusCode, 204);
  assert.equal(options.headers['allow'], 'GET, HEAD, POST');
});

test('without accounts only loopback names and the public one are answered', async () => {
  for (const host of ['localhost', 'LOCALHOST:80', '127.0.0.1:3000', '127.9.8.7', '[::1]:3000', 'media.example']) {
    assert.equal((await ask('GET', '/livez', { headers: { host } })).statusCode, 200, host);
  }
  for (const host of [
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '10.0.0.1',
    '[::2]',
    'media.example:81',
    'user@localhost',
  ]) {
    assertProblem(await ask('GET', '/livez', { headers: { host } }), 'HOST_NOT_ALLOWED');
  }
});

test('pages of other origins may not change anything, unless listed', async () => {
  const change = (headers: Record<string, string>) =>
    ask('POST', '/v1/assets', { payload: onePixelPng, headers: { 'content-type': 'image/png', ...headers } });
  for (const origin of [
    'https://evil.example',
    'null',
    'http://localhost:4000',
    'https://shop.example.evil.example',
    'nonsense',
  ]) {
    assertProblem(await change({ origin }), 'ORIGIN_NOT_ALLOWED');
  }
  assertProblem(await change({ 'sec-fetch-site': 'cross-site' }), 'ORIGIN_NOT_ALLOWED');
  for (const origin of ['http://localhost:3000', 'https://media.example']) {
    const same = await change({ origin });
    assert.equal(same.statusCode, 201, origin);
    assert.equal(same.headers['access-control-allow-origin'], undefined);
  }
  const listed = await change({ origin: 'https://shop.example', 'sec-fetch-site': 'cross-site' });
  assert.equal(listed.statusCode, 201);
  assert.equal(listed.headers['access-control-allow-origin'], 'https://shop.example');
  assert.equal(listed.headers['vary'], 'Origin');

  const preflight = { 'access-control-request-method': 'POST' };
  const allowed = await ask('OPTIONS', '/v1/jobs', { headers: { ...preflight, origin: 'https://shop.example' } });
  assert.equal(allowed.statusCode, 204);
  assert.match(String(allowed.headers['access-control-allow-methods']), /POST/);
  const refused = await ask('OPTIONS', '/v1/jobs', { headers: { ...preflight, origin: 'https://evil.example' } });
  assert.equal(refused.headers['access-control-allow-origin'], undefined);
});

test('an unknown error shows its phrase and the request id; the log has the rest', async () => {
  const secret = new Error('connect postgres://user:hunter2@db:5432 at /srv/esteira/data');
  const { jobs } = world.deps;
  const broken = await variant({ jobs: { ...jobs, get: () => Promise.reject(secret) } });
  const response = await broken.inject({ url: '/v1/jobs/x', headers: { host: 'localhost' } });
  const { requestId, ...rest } = response.json<Record<string, unknown>>();
  assert.deepEqual(rest, {
    type: '/problems/INTERNAL',
    title: 'Internal Server Error',
    status: 500,
    detail: 'Internal Server Error',
    code: 'INTERNAL',
  });
  const logged = world.log.find((line) => line['requestId'] === requestId && line['err']);
  assert.match(JSON.stringify(logged), /hunter2.*stack|stack.*hunter2/s);
  await broken.close();
});

test('an error with a status to retry says when', async () => {
  const { jobs } = world.deps;
  const down = new AppError('DATABASE_UNAVAILABLE', 'The database does not answer.');
  const broken = await variant({ jobs: { ...jobs, get: () => Promise.reject(down) } });
  const response = await broken.inject({ url: '/v1/jobs/x', headers: { host: 'localhost' } });
  assertProblem(response, 'DATABASE_UNAVAILABLE');
  assert.ok(Number(response.headers['retry-after']) > 0);
  await broken.close();
});

test('no header and no query string reaches the log', async () => {
  await ask('GET', '/v1/jobs?cursor=s3cret-cursor', {
    headers: { authorization: 'Bearer s3cret-key', cookie: 's3cret-cookie' },
  });
  assert.doesNotMatch(JSON.stringify(world.log), /s3cret/);
});

test('how much waits is shown by processor and in all', async () => {
  const depth = (waiting: number, oldestSeconds: number) => ({ waiting, delayed: 1, active: 2, oldestSeconds });
  const processors = [
    { processor: 'image.cutout', ...depth(2, 3.5) },
    { processor: 'image.resize', ...depth(1, 0.5) },
  ];
  await using app = await variant({ line: async () => processors });
  const shown = (await app.inject({ url: '/v1/ops/queues', headers: { host: 'localhost' } })).json();
  assert.deepEqual(shown, { total: { waiting: 3, delayed: 2, active: 4, oldestSeconds: 3.5 }, processors });
});

test('metrics count by pattern, never by address', async () => {
  await ask('GET', '/v1/jobs/some-id');
  await ask('GET', '/guessed/address');
  const text = (await ask('GET', '/metrics')).payload;
  assert.match(
    text,
    /esteira_http_request_duration_seconds_count\{method="GET",route="\/v1\/jobs\/:id",status="404"\}/,
  );
  assert.doesNotMatch(text, /some-id|guessed/);
});

test('says which processors there are, with the schema of their parameters', async () => {
  const { items } = (await ask('GET', '/v1/processors')).json();
  assert.equal(items.length, 1);
  assert.equal(items[0].name, 'image.cutout');
  assert.deepEqual(items[0].params, JSON.parse(JSON.stringify(world.deps.processors[0]?.params)));
});

test('every problem type leads to an explanation', async () => {
  for (const code of Object.keys(errorTable)) {
    const response = await ask('GET', `/problems/${code}`);
    assert.deepEqual(response.json(), { code, ...errorTable[code as ErrorCode] });
  }
  assertProblem(await ask('GET', '/problems/toString'), 'NOT_FOUND');
});

test('the OpenAPI document names every route there is', async () => {
  const document = (await ask('GET', '/openapi.json')).json();
  assert.match(document.openapi, /^3\.1/);
  const documented = Object.entries<object>(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  for (const route of [
    'get /livez',
    'get /readyz',
    'get /health',
    'get /metrics',
    'get /v1/processors',
    'post /v1/assets',
    'get /v1/assets',
    'get /v1/assets/{id}',
    'get /v1/assets/{id}/content',
    'delete /v1/assets/{id}',
    'post /v1/jobs',
    'get /v1/jobs',
    'get /v1/jobs/{id}',
    'get /v1/jobs/{id}/outputs/{index}',
    'post /v1/jobs/{id}/cancel',
    'post /v1/jobs/{id}/retry',
    'delete /v1/jobs/{id}',
    'post /v1/images/cutout',
  ]) {
    assert.ok(documented.includes(route), route);
  }
  const form = document.paths['/v1/images/cutout'].post.requestBody.content['multipart/form-data'].schema;
  assert.deepEqual(Object.keys(form.properties).sort(), ['image', 'marginPx', 'maskOnly', 'quality']);
  const docs = await ask('GET', '/docs');
  assert.equal(docs.statusCode, 200);
  assert.match(String(docs.headers['content-security-policy']), /script-src 'self';/);
  assert.doesNotMatch(docs.payload, /https?:\/\/(?!localhost)[^"']*\.(?:js|css)/);
});
