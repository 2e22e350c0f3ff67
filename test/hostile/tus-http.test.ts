import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '#kernel/ids.ts';
import type { Answer } from './support/client.ts';
import { assertRefused, hostileTests } from './support/hostile-tests.ts';
import { newPicture } from './support/ordinary-work.ts';

// Requests that no honest client sends: uploads in pieces against the protocol, HTTP that can be read in two ways, JSON
// that parsers disagree about.

const uploadTtlSeconds = 2;
const tests = hostileTests('tus-http', { env: { ESTEIRA_UPLOAD_TTL: String(uploadTtlSeconds) } });
const tus = { 'tus-resumable': '1.0.0' };
const pieceType = { 'content-type': 'application/offset+octet-stream' };

function create(headers: Record<string, string | string[]>): Promise<Answer> {
  return tests.ask('/v1/uploads', { method: 'POST', headers: { ...tus, ...headers } });
}

async function begin(sizeBytes: number): Promise<string> {
  const answer = await create({ 'upload-length': String(sizeBytes) });
  assert.equal(answer.status, 201, String(answer.bytes));
  return String(answer.headers['location']);
}

function patch(path: string, offset: number, body: Buffer, headers: Record<string, string> = {}): Promise<Answer> {
  const all = { ...tus, ...pieceType, 'upload-offset': String(offset), ...headers };
  return tests.ask(path, { method: 'PATCH', headers: all, body });
}

async function offsetOf(path: string): Promise<number> {
  return Number((await tests.ask(path, { method: 'HEAD', headers: tus })).headers['upload-offset']);
}

tests.row(57, 'lengths of −1 and 1e30: refused with 400 BAD_REQUEST or 413 UPLOAD_TOO_LARGE', async () => {
  for (const length of ['-1', '1e30', '0x10', '1.5', 'NaN', 'Infinity', '1 2', '']) {
    assertRefused(await create({ 'upload-length': length }), 400, 'BAD_REQUEST', tests, length);
  }
  for (const length of [`1${'0'.repeat(30)}`, '9'.repeat(40), String(2 ** 63)]) {
    assertRefused(await create({ 'upload-length': length }), 413, 'UPLOAD_TOO_LARGE', tests, length);
  }
});

tests.row(58, 'an offset that is not true any more: refused with 409 UPLOAD_OFFSET_CONFLICT', async () => {
  const path = await begin(100);
  assert.equal((await patch(path, 0, Buffer.alloc(10))).status, 204);
  for (const offset of [0, 9, 11, 100, 2 ** 40]) {
    const answer = await patch(path, offset, Buffer.alloc(10));
    assertRefused(answer, 409, 'UPLOAD_OFFSET_CONFLICT', tests, String(offset));
    assert.equal(answer.json().offset, 10);
  }
});

tests.row(59, 'two pieces for one place: one counts, the other gets 409 or 423', async () => {
  const picture = await newPicture(200, 200);
  const path = await begin(picture.length);
  const answers = await Promise.all([1, 2, 3].map(() => patch(path, 0, picture)));
  const statuses = answers.map(({ status }) => status).sort();
  assert.equal(statuses.filter((status) => status === 204).length, 1, String(statuses));
  assert.deepEqual(
    statuses.filter((status) => ![204, 409, 423].includes(status)),
    [],
  );
  const done = answers.find(({ status }) => status === 204);
  const kept = await tests.ask(`/v1/assets/${done?.headers['upload-asset-id']}/content`);
  assert.deepEqual(kept.bytes, picture);
});

tests.row(60, 'no Tus-Resumable: refused with 412 TUS_VERSION_UNSUPPORTED', async () => {
  const path = await begin(100);
  for (const version of [{}, { 'tus-resumable': '0.2.2' }, { 'tus-resumable': '1.0.0, 1.0.0' }]) {
    const headers = { ...version, ...pieceType, 'upload-offset': '0' };
    const answer = await tests.ask(path, { method: 'PATCH', headers, body: 'x' });
    assertRefused(answer, 412, 'TUS_VERSION_UNSUPPORTED', tests, JSON.stringify(version));
  }
  assert.equal(await offsetOf(path), 0);
});

tests.row(61, 'a piece of another type: refused with 415 UNSUPPORTED_CONTENT_TYPE', async () => {
  const path = await begin(100);
  const types = [
    'application/json',
    'text/plain',
    'application/offset+octet-stream\t;a=b',
    'multipart/form-data; boundary=x',
  ];
  for (const type of types) {
    const answer = await patch(path, 0, Buffer.alloc(9), { 'content-type': type });
    assertRefused(answer, 415, 'UNSUPPORTED_CONTENT_TYPE', tests, type);
  }
  assert.equal(await offsetOf(path), 0);
});

tests.row(62, 'more than the upload has: refused with 413 UPLOAD_TOO_LARGE', async () => {
  const path = await begin(100);
  assertRefused(await patch(path, 0, Buffer.alloc(101)), 413, 'UPLOAD_TOO_LARGE', tests, 'with its length');
  const offset = await offsetOf(path);
  const headers = { 'transfer-encoding': 'chunked', 'content-length': [] as never };
  const chunked = await tests.sendRaw(
    `PATCH ${path} HTTP/1.1\r\nHost: ${tests.server.host}\r\nTus-Resumable: 1.0.0\r\nConnection: close\r\n` +
      `Content-Type: application/offset+octet-stream\r\nUpload-Offset: ${offset}\r\nTransfer-Encoding: chunked\r\n\r\n` +
      `3e8\r\n${'x'.repeat(1_000)}\r\n0\r\n\r\n`,
  );
  assert.match(chunked, /^HTTP\/1\.1 413 /, JSON.stringify(headers));
  assert.ok((await offsetOf(path)) <= 100);
});

tests.row(63, 'metadata with one key twice: refused with 400 BAD_REQUEST', async () => {
  const [one, two] = [btoa('a.png'), btoa('b.png')];
  for (const metadata of [`filename ${one},filename ${two}`, `a ${one}, a ${two}`]) {
    assertRefused(await create({ 'upload-length': '9', 'upload-metadata': metadata }), 400, 'BAD_REQUEST', tests);
  }
});

tests.row(64, 'metadata that is no Base64: refused with 400 BAD_REQUEST', async () => {
  for (const metadata of [
    'filename !!!',
    'filename YQ==YQ==',
    'filename a b c',
    ',,,',
    '__proto__ YQ==',
    'a\x00 YQ==',
  ]) {
    if (metadata.includes('\0')) continue;
    assertRefused(
      await create({ 'upload-length': '9', 'upload-metadata': metadata }),
      400,
      'BAD_REQUEST',
      tests,
      metadata,
    );
  }
});

tests.row(65, 'a megabyte of metadata: refused with 431 HEADERS_TOO_LARGE', async () => {
  const some = await create({ 'upload-length': '9', 'upload-metadata': `a ${'A'.repeat(8_000)}` });
  assertRefused(some, 431, 'HEADERS_TOO_LARGE', tests, '8 kB');
  const much = await tests.sendRaw(
    `POST /v1/uploads HTTP/1.1\r\nHost: ${tests.server.host}\r\nTus-Resumable: 1.0.0\r\nUpload-Length: 9\r\n` +
      `Upload-Metadata: a ${'A'.repeat(1_000_000)}\r\n\r\n`,
  );
  assert.match(much, /^HTTP\/1\.1 431 [\s\S]*"code":"HEADERS_TOO_LARGE"/);
});

tests.row(66, 'a piece with another checksum: refused with 460 CHECKSUM_MISMATCH, and not kept', async () => {
  const path = await begin(100);
  for (const name of ['sha1', 'sha256']) {
    const wrong = createHash(name).update('other').digest('base64');
    const answer = await patch(path, 0, Buffer.alloc(100), { 'upload-checksum': `${name} ${wrong}` });
    // A server need not know every algorithm.
    assertRefused(answer, [460, 400], ['CHECKSUM_MISMATCH', 'BAD_REQUEST'], tests, name);
  }
  assert.equal(await offsetOf(path), 0);
});

tests.row(67, 'another method in a header, for an upload of others: refused with 404 UPLOAD_NOT_FOUND', async () => {
  // Without accounts nobody else has uploads; the same with two tenants stands among the rows of access.
  for (const method of ['PATCH', 'HEAD', 'DELETE', 'delete']) {
    const headers = { ...tus, ...pieceType, 'upload-offset': '0', 'x-http-method-override': method };
    const answer = await tests.ask(`/v1/uploads/${newId()}`, { method: 'POST', headers, body: 'x' });
    assert.equal(answer.status, method === 'delete' ? answer.status : 404, method);
    assert.ok([404, 405].includes(answer.status), `${method} ${answer.status}`);
  }
  const own = await begin(9);
  for (const method of ['GET', 'PUT', 'toString', '__proto__', 'CONNECT']) {
    const answer = await tests.ask(own, { method: 'POST', headers: { ...tus, 'x-http-method-override': method } });
    assertRefused(answer, 405, 'METHOD_NOT_ALLOWED', tests, method);
  }
  // Nor does it change what other addresses do.
  const listed = await tests.ask('/v1/assets', {
    headers: { 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE' },
  });
  assert.equal(listed.status, 200);
});

tests.row(68, 'a forged X-Forwarded-Host: Location stays of this server', async () => {
  const forged = {
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    'x-original-url': '/v1/ops/queues',
    'x-rewrite-url': '/v1/ops/queues',
    forwarded: 'host=evil.example;proto=https',
  };
  const begun = await create({ 'upload-length': '9', ...forged });
  assert.equal(begun.status, 201);
  assert.match(String(begun.headers['location']), /^\/v1\/uploads\//);
  const { id } = (await tests.sendFile('/v1/assets', await newPicture())).json();
  const signed = await tests.sendJson('/v1/images/signed-urls', { assetId: id, widthPx: 9 }, forged);
  assert.ok(signed.json().url.startsWith(`http://${tests.server.host}/i/`), signed.json().url);
  for (const answer of [begun, signed]) {
    assert.doesNotMatch(JSON.stringify(answer.headers) + answer.bytes, /evil/);
  }
  // A Host that is forged itself is none of ours.
  const foreign = await tests.ask('/v1/assets', { headers: { host: 'evil.example' } });
  assertRefused(foreign, 421, 'HOST_NOT_ALLOWED', tests);
});

tests.row(69, 'an upload that has expired: refused with 410 UPLOAD_EXPIRED', async () => {
  const path = await begin(100);
  await delay(uploadTtlSeconds * 1_000 + 200);
  assertRefused(await patch(path, 0, Buffer.alloc(100)), [410, 404], ['UPLOAD_EXPIRED', 'UPLOAD_NOT_FOUND'], tests);
});

tests.row(70, 'an upload made of the parts of others: refused with 404 UPLOAD_NOT_FOUND', async () => {
  const parts = [
    `final;/v1/uploads/${newId()} /v1/uploads/${newId()}`,
    'final;http://evil.example/v1/uploads/a',
    'final;../../canary',
  ];
  for (const concat of parts) {
    const answer = await create({ 'upload-concat': concat });
    assertRefused(answer, [404, 400], ['UPLOAD_NOT_FOUND', 'BAD_REQUEST'], tests, concat);
  }
  assertRefused(await create({ 'upload-concat': parts[0] ?? '' }), 404, 'UPLOAD_NOT_FOUND', tests);
});

const job = '{"processor":"image.cutout","inputs":[]}';

tests.row(
  71,
  'JSON whose type has a tab: never taken unchecked, refused with 415 UNSUPPORTED_CONTENT_TYPE',
  async () => {
    // What must not happen is that the body comes past its schema: this one fits none.
    const body = '{"processor":7,"tenantId":"x","role":"owner"}';
    for (const type of [
      'application/json\ta',
      'application/json\t; charset=utf-8',
      '\tapplication/json\tx',
      'application/json\t/x',
    ]) {
      const answer = await tests.ask('/v1/jobs', { method: 'POST', body, headers: { 'content-type': type } });
      assertRefused(
        answer,
        [415, 400],
        ['UNSUPPORTED_CONTENT_TYPE', 'INVALID_PARAMETERS'],
        tests,
        JSON.stringify(type),
      );
    }
    const answer = await tests.ask('/v1/jobs', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json\ta' },
    });
    assertRefused(answer, 415, 'UNSUPPORTED_CONTENT_TYPE', tests);
  },
);

tests.row(72, 'Content-Length and Transfer-Encoding at once: refused with 400, nothing is smuggled', async () => {
  const smuggled = `GET /v1/smuggled HTTP/1.1\r\nHost: ${tests.server.host}\r\n\r\n`;
  const heads = [
    ['Content-Length: 4', 'Transfer-Encoding: chunked'],
    ['Transfer-Encoding: chunked', 'Content-Length: 4'],
    ['Content-Length: 4', 'Content-Length: 5'],
    ['Transfer-Encoding: chunked, identity'],
    ['Transfer-Encoding: xchunked'],
    ['Transfer-Encoding : chunked'],
    ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'],
    ['Content-Length: +4'],
    ['Content-Length: 4, 4'],
    [' Content-Length: 4'],
  ];
  for (const head of heads) {
    const said = await tests.sendRaw(
      [
        `POST /v1/jobs HTTP/1.1`,
        `Host: ${tests.server.host}`,
        'Content-Type: application/json',
        ...head,
        '',
        `0\r\n\r\n${smuggled}`,
      ].join('\r\n'),
    );
    assert.match(said, /^HTTP\/1\.1 400 /, `${head.join(' | ')}: ${said.slice(0, 300)}`);
    assert.equal(said.split('HTTP/1.1 ').length, 2, `${head.join(' | ')} got two answers: ${said}`);
    assert.doesNotMatch(said, /smuggled/);
  }
});

tests.row(
  73,
  'names in forms that make expressions backtrack: refused with 400, as fast as anything else',
  async () => {
    const usual = await medianMs(async () => tests.sendFile('/v1/assets', await newPicture()));
    const many = 60_000;
    const heads = [
      `form-data; name="file"; filename*=utf-8''${'%'.repeat(many)}`,
      `form-data; name="file"; filename="${'\\'.repeat(many)}`,
      `form-data; ${'a'.repeat(many)}`,
      `form-data; name="file"${' ;'.repeat(many / 2)}`,
      `form-data; name="file"; filename="${'"; filename="'.repeat(4_000)}`,
    ];
    for (const head of heads) {
      const body = `--x\r\nContent-Disposition: ${head}\r\nContent-Type: image/png\r\n\r\nx\r\n--x--\r\n`;
      const headers = { 'content-type': 'multipart/form-data; boundary=x' };
      let answer: Answer | undefined;
      const took = await medianMs(async () => {
        answer = await tests.ask('/v1/assets', { method: 'POST', headers, body });
        return answer;
      });
      assert.ok(
        answer !== undefined && answer.status >= 400 && answer.status < 500,
        `${answer?.status} ${answer?.bytes}`,
      );
      assert.ok(took - usual < 100, `${took} ms for ${head.slice(0, 60)}, where an upload takes ${usual} ms`);
    }
  },
);

const jsonRefusals: readonly [row: number, title: string, code: string, bodies: readonly string[], status: number][] = [
  [74, 'keys that reach into prototypes', 'INVALID_JSON', prototypes(), 400],
  [75, 'JSON that is 10,000 levels deep', 'INVALID_JSON', deep(), 400],
  [76, 'keys that come twice', 'INVALID_JSON', twice(), 400],
  [77, 'JSON of 10 MB', 'BODY_TOO_LARGE', [`{"metadata":{"a":"${'x'.repeat(10_000_000)}"}}`], 413],
  [78, 'fields that are not for clients: role, tenantId', 'INVALID_PARAMETERS', injected(), 400],
];
for (const [row, title, code, bodies, status] of jsonRefusals) {
  tests.row(row, `${title}: refused with ${status} ${code}`, async () => {
    for (const body of bodies) {
      assertRefused(await tests.sendJson('/v1/jobs', body), status, code, tests, body.slice(0, 100));
    }
  });
}

function prototypes(): string[] {
  return [
    `{"__proto__":{"isAdmin":true},${job.slice(1)}`,
    job.replace('}', ',"metadata":{"__proto__":{"a":1}}}'),
    job.replace('}', ',"metadata":{"\\u005f_proto__":{"a":1}}}'),
    job.replace('}', ',"params":{"constructor":{"prototype":{"a":1}}}}'),
    job.replace('}', ',"metadata":{"prototype":1}}'),
  ];
}

function deep(): string[] {
  const many = 10_000;
  return [
    `{"metadata":${'['.repeat(many)}${']'.repeat(many)}}`,
    `${'{"a":'.repeat(many)}1${'}'.repeat(many)}`,
    '['.repeat(many),
  ];
}

function twice(): string[] {
  return [
    '{"processor":"image.cutout","inputs":[],"processor":"image.mask"}',
    '{"processor":"image.cutout","inputs":[],"\\u0070rocessor":"image.mask"}',
    '{"processor":"image.cutout","inputs":[],"metadata":{"a":1,"a":2}}',
  ];
}

function injected(): string[] {
  const fields = [
    'role',
    'tenantId',
    'tenant_id',
    'userId',
    'ownerId',
    'owner_id',
    'id',
    'status',
    'createdBy',
    'permissions',
  ];
  return fields.map((field) => JSON.stringify({ ...JSON.parse(job), [field]: 'admin' }));
}

/** Of seven: one that waits for the machine says nothing. */
async function medianMs(act: () => Promise<Answer>): Promise<number> {
  const all: number[] = [];
  for (let count = 0; count < 7; count += 1) all.push((await act()).milliseconds);
  return all.sort((a, b) => a - b)[3] ?? 0;
}
