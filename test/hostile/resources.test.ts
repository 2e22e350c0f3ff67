import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { RecentImages } from '#api/recent-images.ts';
import { newId } from '#kernel/ids.ts';
import { until } from '../support/until.ts';
import { assertRefused, hostileTests } from './support/hostile-tests.ts';
import { newPicture } from './support/ordinary-work.ts';
import { quotaRow } from './support/quota-row.ts';

// Requests that ask for more than anybody gets: connections, pixels, places in a cache, lines in a log.

const tests = hostileTests('resources');

tests.row(
  118,
  'a thousand streams of events are one user’s all: the next is refused with 429 TOO_MANY_STREAMS',
  async () => {
    const streams = 1_000;
    const sockets: Socket[] = [];
    const open = async () => {
      const socket = connect(tests.server.socketPath);
      sockets.push(socket);
      socket.write(`GET /v1/events HTTP/1.1\r\nHost: ${tests.server.host}\r\nAccept: text/event-stream\r\n\r\n`);
      const [head] = await once(socket, 'data');
      return String(head);
    };
    try {
      for (let opened = 0; opened < streams; opened += 50) {
        const heads = await Promise.all(Array.from({ length: 50 }, open));
        for (const head of heads) assert.match(head, /^HTTP\/1\.1 200 /);
      }
      for (let count = 0; count < 5; count += 1) {
        const head = await open();
        assert.match(head, /^HTTP\/1\.1 429 [\s\S]*"code":"TOO_MANY_STREAMS"/);
      }
    } finally {
      for (const socket of sockets) socket.destroy();
    }
    // What was closed is room again.
    await until(async () => {
      const socket = connect(tests.server.socketPath);
      socket.write(`GET /v1/events HTTP/1.1\r\nHost: ${tests.server.host}\r\n\r\n`);
      const [head] = await once(socket, 'data');
      socket.destroy();
      assert.match(String(head), /^HTTP\/1\.1 200 /);
    });
  },
);

quotaRow(tests);

async function newAsset(): Promise<string> {
  const upload = await tests.sendFile('/v1/assets', await newPicture(), 'photo.png');
  assert.equal(upload.status, 201, String(upload.bytes));
  return upload.json().id;
}

tests.row(
  120,
  'a width of 1e9 pixels: refused with 400 INVALID_PARAMETERS, before any of them is reserved',
  async () => {
    const id = await newAsset();
    for (const widthPx of [1e9, 2 ** 31, 2 ** 53, 1e308, -1, 1.5]) {
      const job = { processor: 'image.resize', inputs: [id], params: { widthPx } };
      assertRefused(await tests.sendJson('/v1/jobs', job), 400, 'INVALID_PARAMETERS', tests, `job ${widthPx}`);
      const address = { assetId: id, widthPx };
      assertRefused(
        await tests.sendJson('/v1/images/signed-urls', address),
        400,
        'INVALID_PARAMETERS',
        tests,
        `${widthPx}`,
      );
      const canvas = { processor: 'image.thumbnail', inputs: [id], params: { widthPx, heightPx: 10 } };
      assertRefused(await tests.sendJson('/v1/jobs', canvas), 400, 'INVALID_PARAMETERS', tests, `thumbnail ${widthPx}`);
    }
  },
);

tests.row(
  121,
  '10,000 variants of one picture: none without a signature, and no more are remembered than there is room',
  async () => {
    const assetId = await newAsset();
    const jobs = async () => {
      const made = String((await tests.ask('/metrics')).bytes).matchAll(
        /^esteira_jobs_created_total\{.*image\.resize.*\} (\d+)$/gm,
      );
      return [...made].reduce((sum, [, count]) => sum + Number(count), 0);
    };
    const before = await jobs();
    const forged = 'A'.repeat(43);
    for (let width = 1; width <= 10_000; width += 100) {
      const some = Array.from({ length: 100 }, (_, index) => tests.ask(`/i/${forged}/w:${width + index}/${assetId}`));
      for (const answer of await Promise.all(some)) assert.equal(answer.status, 403);
    }
    assert.equal(await jobs(), before, 'work was done for addresses that nobody signed');
    // Those that are signed are made, once each.
    for (let widthPx = 1; widthPx <= 20; widthPx += 1) {
      const { path } = (await tests.sendJson('/v1/images/signed-urls', { assetId, widthPx })).json();
      for (const time of [1, 2]) assert.equal((await tests.ask(path)).status, 200, `${path}, ${time}`);
    }
    assert.equal((await jobs()) - before, 20);
    // Making 10,000 takes longer than a test may: what remembers them is asked itself.
    const images = new RecentImages();
    const content = { sha256: '', mediaType: 'image/png', sizeBytes: 1, name: null };
    const owner = { tenantId: newId(), userId: newId() };
    for (let width = 0; width < 10_001; width += 1) images.set(`${width}`, { assetId, owner, jobId: newId(), content });
    assert.equal(images.get('0'), undefined);
    assert.ok(images.get('1'));
  },
);

tests.row(122, 'line breaks for the log: every line of it stays one JSON object', async () => {
  const forged = '{"level":30,"msg":"forged by a stranger"}';
  const names = [`a\n${forged}\n.png`, `a\r\n${forged}`, `\u2028${forged}`, '\x1b[2J\x1b[1;31mred.png'];
  const picture = await newPicture();
  for (const name of names) await tests.sendFile('/v1/assets', picture, name);
  const encoded = encodeURIComponent(`\n${forged}\n`);
  await tests.ask(`/v1/jobs/${encoded}`);
  await tests.ask(`/${encoded}`, { headers: { 'user-agent': `x\t${forged}`, referer: forged } });
  await tests.sendJson('/v1/jobs', { processor: `x\n${forged}\n`, inputs: [], metadata: { a: `\n${forged}\n` } });
  await tests.sendRaw(`GET /\x0a${forged} HTTP/1.1\r\nHost: ${tests.server.host}\r\n\r\n`);
  const lines = (await tests.server.log()).split('\n').filter(Boolean);
  assert.ok(lines.length > 0);
  for (const line of lines) {
    const parsed = JSON.parse(line) as Record<string, unknown>;
    assert.notEqual(parsed['msg'], 'forged by a stranger', line);
    assert.ok(typeof parsed['time'] === 'string' || typeof parsed['time'] === 'number', line);
    assert.ok(!line.includes('\x1b') && !line.includes('\u2028'), line);
  }
});

tests.row(123, 'a path for a model: refused with 400 INVALID_PARAMETERS', async () => {
  const id = await newAsset();
  const job = { processor: 'image.cutout', inputs: [id] };
  for (const name of ['modelPath', 'model_path', 'modelUrl', 'modelsDir', 'weights']) {
    const answer = await tests.sendJson('/v1/jobs', { ...job, params: { [name]: '/etc/passwd' } });
    assertRefused(answer, 400, 'INVALID_PARAMETERS', tests, name);
  }
  for (const model of ['../../../etc/passwd', '/etc/passwd', 'a/b', 'a\0b', 'C:\\x', '..', 'http://127.0.0.1/x.onnx']) {
    const answer = await tests.sendJson('/v1/jobs', { ...job, params: { model } });
    assertRefused(answer, [400, 422], ['INVALID_PARAMETERS', 'MODEL_NOT_FOUND'], tests, model);
  }
});
