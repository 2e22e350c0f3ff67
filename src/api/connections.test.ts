import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { createApp } from './app.ts';
import type { Api } from './deps.ts';
import { createWorld, onePixelPng, type World } from './stand-ins.ts';

// What only a real connection can show: broken HTTP, answers before the body has arrived, closing.

const world = createWorld();
let api: Api;
let port: number;
before(async () => {
  api = await createApp(world.deps);
  port = await listen(api);
});
after(() => api.close());

async function listen(app: Api): Promise<number> {
  await app.listen({ port: 0, host: '127.0.0.1' });
  return (app.server.address() as AddressInfo).port;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Reads one answer; the connection may stay open after it. */
async function readAnswer(socket: Socket): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  let received = Buffer.alloc(0);
  const take = (chunk: Buffer): void => {
    received = Buffer.concat([received, chunk]);
    const answer = parseAnswer(received);
    if (answer) resolve(answer);
  };
  const fail = (): void => reject(new Error(`closed after ${received.length} bytes`));
  socket.on('data', take).on('close', fail).on('error', fail);
  try {
    return await promise;
  } finally {
    socket.off('data', take).off('close', fail).off('error', fail);
  }
}

/** @returns undefined while there is more to come */
function parseAnswer(received: Buffer): Answer | undefined {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [start = '', ...fields] = received.toString('latin1', 0, headEnd).split('\r\n');
  const headers = new Headers(fields.map((line) => line.split(/: (.*)/s, 2) as [string, string]));
  const body = received.subarray(headEnd + 4);
  if (body.length < Number(headers.get('content-length') ?? 0)) return undefined;
  return { status: Number(start.split(' ')[1]), headers, body: String(body) };
}

async function say(text: string): Promise<{ socket: Socket; answer: Answer }> {
  const socket = connect(port, '127.0.0.1');
  socket.write(text);
  return { socket, answer: await readAnswer(socket) };
}

/** Closed by the other side, politely or not. */
async function closed(socket: Socket): Promise<void> {
  socket.resume();
  socket.on('error', () => {});
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
}

test('what is not HTTP gets a problem document, then the connection closes', async () => {
  const head = 'POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\n';
  const broken: [request: string, status: number, code: string][] = [
    [`${head}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400, 'BAD_REQUEST'],
    [`${head}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc`, 400, 'BAD_REQUEST'],
    [`${head}Content-Length: -1\r\n\r\n`, 400, 'BAD_REQUEST'],
    [`${head}Content-Length: 1e30\r\n\r\n`, 400, 'BAD_REQUEST'],
    [`${head}Bad Header: x\r\n\r\n`, 400, 'BAD_REQUEST'],
    [`${head}X-Null: a\0b\r\n\r\n`, 400, 'BAD_REQUEST'],
    ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400, 'BAD_REQUEST'],
    [`${head}Upload-Metadata: ${'x'.repeat(1_000_000)}\r\n\r\n`, 431, 'HEADERS_TOO_LARGE'],
    [`GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 431, 'HEADERS_TOO_LARGE'],
  ];
  for (const [request, status, code] of broken) {
    const { socket, answer } = await say(request);
    assert.equal(answer.status, status, request.slice(0, 100));
    assert.equal(answer.headers.get('content-type'), 'application/problem+json');
    const problem = JSON.parse(answer.body);
    assert.equal(problem.code, code);
    assert.equal(problem.requestId, answer.headers.get('x-request-id'));
    await closed(socket);
  }
});

test('what began with HEAD gets no body either', async () => {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += chunk;
  });
  socket.write('HEAD %2Fv1%2Fjobs HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await closed(socket);
  assert.match(text, /^HTTP\/1\.1 400 .*\r\n\r\n$/s);
});

test('a request without a host, or with an empty one, is refused in our words', async () => {
  const { answer, socket } = await say('GET /livez HTTP/1.1\r\n\r\n');
  assert.equal(answer.status, 400);
  assert.equal(JSON.parse(answer.body).code, 'BAD_REQUEST');
  socket.destroy();
  for (const request of ['GET /livez HTTP/1.1\r\nHost: \r\n\r\n', 'GET /livez HTTP/1.0\r\n\r\n']) {
    const old = await say(request);
    assert.equal(JSON.parse(old.answer.body).code, 'HOST_NOT_ALLOWED');
    old.socket.destroy();
  }
});

test('a body that is too large is refused while it is still on its way, and the connection goes on', async () => {
  const size = 4_000_000;
  const uploads: string[] = [
    `POST /v1/assets HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: ${size}\r\n\r\n`,
    `POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${size}\r\n\r\n`,
  ];
  for (const head of uploads) {
    const { socket, answer } = await say(head);
    assert.equal(answer.status, 413);
    assert.match(JSON.parse(answer.body).code, /_TOO_LARGE$/);
    await new Promise<void>((resolve) => socket.write(Buffer.alloc(1_900_000, 'x'), () => resolve()));
    socket.destroy();
  }
  const body = Buffer.alloc(1_500_000, 'x');
  const { socket, answer } = await say(`${uploads[0]?.replace(String(size), String(body.length))}`);
  assert.equal(answer.status, 413);
  socket.write(body);
  socket.write('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n');
  assert.equal((await readAnswer(socket)).status, 200);
  socket.destroy();
});

test('a client that goes on sending after its refusal is cut off', async () => {
  const { socket, answer } = await say(
    'POST /v1/assets HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: 1000000000\r\n\r\n',
  );
  assert.equal(answer.status, 413);
  const gone = closed(socket);
  const chunk = Buffer.alloc(64 * 1024);
  let sentBytes = 0;
  while (!socket.destroyed && sentBytes < 500_000_000) {
    sentBytes += chunk.length;
    if (!socket.write(chunk)) await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), gone]);
  }
  assert.ok(sentBytes < 50_000_000, `${sentBytes} bytes were taken`);
});

test('an upload without a length is stopped at the limit', async () => {
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
  const { socket, answer } = await say(
    `POST /v1/assets HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(17)}0\r\n\r\n`,
  );
  assert.equal(answer.status, 413);
  assert.equal(JSON.parse(answer.body).code, 'UPLOAD_TOO_LARGE');
  socket.destroy();
});

test('an upload that breaks off leaves nothing, and the server goes on', async () => {
  const assets = world.assets.size;
  const form = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n';
  for (const [type, start] of [
    ['image/png', ''],
    ['multipart/form-data; boundary=x', form],
  ] as const) {
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `POST /v1/assets HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Length: 9000\r\n\r\n${start}`,
    );
    socket.write(onePixelPng);
    const before = world.log.length;
    // The server has seen the request once its answer is logged; nothing can be answered any more.
    socket.end();
    await until(() => world.log.slice(before).some((line) => line['code'] === 'UPLOAD_INTERRUPTED'));
    socket.destroy();
  }
  assert.equal(world.assets.size, assets);
  const { answer, socket } = await say('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n');
  assert.equal(answer.status, 200);
  socket.destroy();
});

test('a client that leaves while it waits does not stop its job', async () => {
  const gate = Promise.withResolvers<object>();
  world.finish = () => gate.promise;
  const jobs = world.jobs.size;
  const socket = connect(port, '127.0.0.1');
  socket.write(
    `POST /v1/images/cutout HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: ${onePixelPng.length}\r\n\r\n`,
  );
  socket.write(onePixelPng);
  await until(() => world.jobs.size > jobs);
  socket.destroy();
  await once(socket, 'close');
  gate.resolve({});
  await until(() => [...world.jobs.values()].at(-1)?.status === 'succeeded');
  world.finish = undefined;
});

test('close: readiness turns red, who waits is let go, who works finishes, nothing is cut', async () => {
  const own: World = createWorld();
  const { assets } = own.deps;
  const receiving = Promise.withResolvers<void>();
  const watched: typeof assets = {
    ...assets,
    receive: (...upload) => {
      receiving.resolve();
      return assets.receive(...upload);
    },
  };
  const app = await createApp({ ...own.deps, assets: watched });
  const ownPort = await listen(app);
  own.finish = () => new Promise(() => {});
  const asset = await assets.receive({ tenantId: '', userId: '' }, Readable.from([onePixelPng]), null);

  const idle = connect(ownPort, '127.0.0.1');
  idle.write('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n');
  assert.equal((await readAnswer(idle)).status, 200);

  const waiting = connect(ownPort, '127.0.0.1');
  const body = JSON.stringify({ processor: 'image.cutout', inputs: [asset.id] });
  waiting.write(
    `POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nPrefer: wait=60\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  const uploading = connect(ownPort, '127.0.0.1');
  uploading.write(
    `POST /v1/assets HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: ${onePixelPng.length}\r\n\r\n`,
  );
  uploading.write(onePixelPng.subarray(0, 20));
  await Promise.all([receiving.promise, until(() => own.jobs.size === 1)]);

  const closing = app.close();
  const letGo = await readAnswer(waiting);
  assert.equal(letGo.status, 202);
  assert.equal(letGo.headers.get('connection'), 'close');
  assert.equal((await own.deps.health.notReady()).length, 1);
  idle.write('GET /v1/jobs HTTP/1.1\r\nHost: localhost\r\n\r\n');
  assert.equal(JSON.parse((await readAnswer(idle)).body).code, 'SHUTTING_DOWN');

  uploading.write(onePixelPng.subarray(20));
  assert.equal((await readAnswer(uploading)).status, 201);
  await closing;
  await Promise.all([closed(idle), closed(waiting), closed(uploading)]);
});

test('close: an answer on its way is sent whole, and its connection does not linger', async () => {
  const own = createWorld();
  const body = Buffer.alloc(4_000_000, 'x');
  const sha256 = 'f'.repeat(64);
  own.objects.set(sha256, body);
  const asset = {
    id: 'big',
    sha256,
    mediaType: 'image/png',
    sizeBytes: body.length,
    name: null,
    createdAt: new Date(),
  };
  own.assets.set(asset.id, asset);
  const app = await createApp(own.deps);
  const socket = connect(await listen(app), '127.0.0.1');
  socket.write('GET /v1/assets/big/content HTTP/1.1\r\nHost: localhost\r\n\r\n');
  // The head has come, the body is too long for the buffers in between: the answer is under way.
  const answer = readAnswer(socket);
  await new Promise((resolve) => socket.once('data', resolve));
  const closing = app.close();
  assert.equal((await answer).body.length, body.length);
  await closing;
  await closed(socket);
});

async function until(condition: () => boolean): Promise<void> {
  const endMs = performance.now() + 5_000;
  while (!condition()) {
    assert.ok(performance.now() < endMs, `not within 5 s: ${condition}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
