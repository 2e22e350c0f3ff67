import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { apiUnderTest } from '../support/api-under-test.ts';
import type { Fleet } from '../support/fleet.ts';
import { blackPng } from '../support/media-builders.ts';

// Addresses that strangers name. 127.0.0.1 stands for the internet, as an operator may have it; the rest is as it is.

const maxUploadBytes = 300_000;
const png = blackPng(40, 30);
const hits: string[] = [];
const pages: Record<string, RequestListener> = {
  '/a%20b.png': (_request, response) => response.end(png),
  '/away': (_request, response) => response.writeHead(302, { location: 'http://169.254.169.254/latest/' }).end(),
  '/file': (_request, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  '/loop': (_request, response) => response.writeHead(302, { location: '/loop' }).end(),
  '/page': (_request, response) => response.end('<!doctype html>'),
  '/missing': (_request, response) => response.writeHead(404).end(),
  '/endless': (_request, response) => {
    const chunk = Buffer.alloc(65_536);
    const write = () => {
      while (response.write(chunk));
      response.once('drain', write);
    };
    write();
  },
};
const internet = createServer((request, response) => {
  hits.push(request.url ?? '');
  (pages[request.url ?? ''] ?? pages['/missing'])?.(request, response);
});

let fleet: Fleet;
let origin: string;
before(async () => {
  internet.listen(0, '127.0.0.1');
  await once(internet, 'listening');
  origin = `http://127.0.0.1:${(internet.address() as AddressInfo).port}`;
  fleet = await apiUnderTest({
    env: { ESTEIRA_MAX_UPLOAD_BYTES: String(maxUploadBytes), ESTEIRA_IMPORT_PRIVATE_HOSTS: '127.0.0.1' },
  });
});
after(async () => {
  await fleet[Symbol.asyncDispose]();
  internet.closeAllConnections();
  internet.close();
});

// biome-ignore lint/suspicious/noExplicitAny: JSON of many shapes, each asserted where it is read
type Json = any;

async function importing(url: string, headers: Record<string, string> = {}, more: object = {}) {
  const answer = await fetch(`${fleet.address}/v1/assets/import`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=30', ...headers },
    body: JSON.stringify({ url, ...more }),
  });
  return { status: answer.status, location: answer.headers.get('location'), json: (await answer.json()) as Json };
}

test('a file becomes an asset, through a job', async () => {
  const { status, location, json: job } = await importing(`${origin}/a%20b.png`);
  assert.equal(status, 200, JSON.stringify(job));
  assert.deepEqual([job.status, job.processor, location], ['succeeded', 'asset.import', `/v1/jobs/${job.id}`]);
  const [output] = job.outputs;
  const asset = (await (await fetch(`${fleet.address}/v1/assets/${output.data.assetId}`)).json()) as Json;
  assert.equal(asset.sha256, createHash('sha256').update(png).digest('hex'));
  assert.deepEqual([asset.name, asset.widthPx, output.sha256], ['a b.png', 40, asset.sha256]);
});

test('the same address may have another file the next time; the same key is the same job', async () => {
  const url = `${origin}/a%20b.png`;
  const key = { 'idempotency-key': 'once' };
  const [one, two, three] = [await importing(url, key), await importing(url, key), await importing(url)];
  assert.equal(one.json.id, two.json.id);
  assert.notEqual(one.json.outputs[0].data.assetId, three.json.outputs[0].data.assetId);
  assert.equal(three.json.cached, false);
});

test('who does not wait is told where to ask; a name of its own wins', async () => {
  const { status, json: job } = await importing(`${origin}/a%20b.png`, { prefer: '' }, { name: 'caneca.png' });
  assert.equal(status, 202);
  assert.equal(job.metadata.name, 'caneca.png');
});

test('addresses that lead inside are refused at once', async () => {
  const addresses = [
    'http://0.0.0.0/',
    'http://0/',
    'http://127.2:8080/',
    'http://2130706434/',
    'http://0x7f000002/',
    'http://0177.0.0.2/',
    'http://127.0.0.2./',
    'http://①②⑦.0.0.2/',
    'http://[::1]/',
    'http://[::]/',
    'http://[::ffff:169.254.169.254]/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://[2002:7f00:1::]/',
    'http://[fe80::1]/',
    'http://[fd00::1]/',
    'http://100.64.0.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://10.0.0.1/',
    'http://192.168.1.1/',
    'file:///etc/passwd',
    'gopher://127.0.0.1:6379/_INFO',
    'ftp://example.com/',
    'data:image/png;base64,AAAA',
    'http://user@example.com/',
    'https://user:password@example.com/',
    'http://8.8.8.8:6379/',
    'http://8.8.8.8:22/',
    'example.com/a.png',
  ];
  for (const url of addresses) {
    const { status, json } = await importing(url);
    assert.deepEqual([status, json.code], [422, 'URL_NOT_ALLOWED'], `${url}: ${JSON.stringify(json)}`);
  }
  assert.ok(!hits.includes('/'));
});

test('what shows only on the way ends the job', async () => {
  const cases: [path: string, code: string][] = [
    ['/away', 'URL_NOT_ALLOWED'],
    ['/file', 'URL_NOT_ALLOWED'],
    ['/loop', 'URL_FETCH_FAILED'],
    ['/missing', 'URL_FETCH_FAILED'],
    ['/endless', 'UPLOAD_TOO_LARGE'],
    ['/page', 'UNSUPPORTED_MEDIA_TYPE'],
  ];
  for (const [path, code] of cases) {
    const { json: job } = await importing(origin + path);
    assert.deepEqual([job.status, job.error?.code, job.attempts], ['failed', code, 1], path);
  }
  // A name that means this machine.
  const { json: job } = await importing('http://localhost.localdomain:8080/a.png');
  assert.equal(job.status, 'failed');
});

test('other fields and other bodies are refused', async () => {
  for (const more of [{ headers: {} }, { name: 7 }, { url: '' }]) {
    const { status, json } = await importing(`${origin}/a%20b.png`, {}, more);
    assert.deepEqual([status, json.code], [400, 'INVALID_PARAMETERS']);
  }
});
