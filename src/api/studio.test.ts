import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import type { LightMyRequestResponse } from 'fastify';
import { createApp } from './app.ts';
import type { Api } from './deps.ts';
import { createWorld } from './stand-ins.ts';

const page = '<!doctype html><title>Esteira</title>';
const script = `export const words = '${'conveyor '.repeat(200)}';`;

let dir: string;
let api: Api;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'studio-'));
  await mkdir(join(dir, 'assets'));
  await mkdir(join(dir, 'samples'));
  await writeFile(join(dir, 'index.html'), page);
  await writeFile(join(dir, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await writeFile(join(dir, 'secret.txt'), 'secret');
  await writeFile(join(dir, 'assets', 'index-abc.js'), script);
  await writeFile(join(dir, 'assets', 'index-abc.js.br'), brotliCompressSync(script));
  await writeFile(join(dir, 'assets', 'index-abc.js.gz'), gzipSync(script));
  api = await createApp(createWorld({ studioDir: dir }).deps);
});
after(async () => {
  await api.close();
  await rm(dir, { recursive: true, force: true });
});

function get(url: string, headers: Record<string, string> = {}): Promise<LightMyRequestResponse> {
  return api.inject({ url, headers: { host: 'localhost', ...headers } });
}

test('every page of the studio is the same document, asked for anew and not sent twice', async () => {
  for (const path of ['/', '/jobs', '/jobs?status=failed', '/batches', '/batches/01a1', '/thumbnails', '/masks']) {
    const answer = await get(path);
    assert.equal(answer.statusCode, 200, path);
    assert.equal(answer.payload, page);
    assert.match(String(answer.headers['content-type']), /^text\/html; charset=utf-8$/i);
    assert.equal(answer.headers['cache-control'], 'no-cache');
    const again = await get(path, { 'if-none-match': String(answer.headers.etag) });
    assert.equal(again.statusCode, 304);
    assert.equal(again.payload, '');
  }
});

test('the policy lets nothing inline run, and nobody frame it', async () => {
  const policy = String((await get('/')).headers['content-security-policy']);
  assert.match(policy, /default-src 'self'/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.match(policy, /base-uri 'none'/);
  assert.match(policy, /object-src 'none'/);
  assert.doesNotMatch(policy, /unsafe|\*|https?:/);
});

test('named files are kept for ever, in the shortest form that the browser reads', async () => {
  const plain = await get('/assets/index-abc.js');
  assert.equal(plain.payload, script);
  assert.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable');
  assert.match(String(plain.headers['content-type']), /^(?:text|application)\/javascript/);
  const brotli = await get('/assets/index-abc.js', { 'accept-encoding': 'gzip, deflate, br' });
  assert.equal(brotli.headers['content-encoding'], 'br');
  assert.equal(brotliDecompressSync(brotli.rawPayload).toString(), script);
  assert.match(String(brotli.headers['content-type']), /^(?:text|application)\/javascript/);
  assert.match(String(brotli.headers.vary), /accept-encoding/i);
  const gzip = await get('/assets/index-abc.js', { 'accept-encoding': 'gzip' });
  assert.equal(gunzipSync(gzip.rawPayload).toString(), script);
});

test('what is not the studio stays a problem, and nothing else of its folder is given away', async () => {
  for (const path of [
    '/v1/nothing',
    '/nothing',
    '/assets/none.js',
    '/assets/..%2fsecret.txt',
    '/assets/%00',
    '/secret.txt',
    '/assets/',
  ]) {
    const answer = await get(path, { accept: 'text/html' });
    assert.equal(answer.headers['content-type'], 'application/problem+json', path);
    assert.equal(answer.statusCode, 404, path);
    assert.notEqual(answer.headers['cache-control'], 'public, max-age=31536000, immutable', path);
  }
  assert.equal((await api.inject({ method: 'POST', url: '/jobs', headers: { host: 'localhost' } })).statusCode, 405);
});

test('ranges and conditions that do not fit a file are refused, not an error of ours', async () => {
  const range = await get('/assets/index-abc.js', { range: 'bytes=5-2' });
  assert.deepEqual([range.statusCode, range.json().code], [416, 'RANGE_NOT_SATISFIABLE']);
  const condition = await get('/assets/index-abc.js', { 'if-match': '"another"' });
  assert.deepEqual([condition.statusCode, condition.json().code], [400, 'BAD_REQUEST']);
});

test('without a build a page says what to do, and the API is whole', async () => {
  const bare = await createApp(createWorld({ studioDir: join(dir, 'missing') }).deps);
  const answer = await bare.inject({ url: '/', headers: { host: 'localhost' } });
  assert.equal(answer.statusCode, 503);
  assert.match(answer.payload, /npm ci.*lang="en"/s);
  assert.equal((await bare.inject({ url: '/v1/processors', headers: { host: 'localhost' } })).statusCode, 200);
  await bare.close();
});
