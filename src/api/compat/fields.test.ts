import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, it } from 'node:test';
import { fastify } from 'fastify';
import { until } from '../../../test/support/until.ts';
import type { Api, AppDeps } from '../deps.ts';
import { addUploadParsers } from '../plugins/body-parsers.ts';
import { replyWithProblem } from '../problem-details.ts';
import { createWorld, onePixelPng } from '../stand-ins.ts';
import { createFieldReader } from './fields.ts';

const actor = { tenantId: 't', userId: 'u' };

let api: Api;
let port: number;
let started: number;
beforeEach(async () => {
  const deps: AppDeps = createWorld({ maxUploadBytes: 40 * 1_048_576 }).deps;
  const readFields = createFieldReader();
  api = fastify({ forceCloseConnections: true }) as unknown as Api;
  await addUploadParsers(api);
  api.setErrorHandler(replyWithProblem);
  started = 0;
  api.post('/', async (received) => {
    started += 1;
    const { values, files } = await readFields(received, deps, actor, ['image_file']);
    return { values: Object.fromEntries(values), files: [...files.keys()] };
  });
  await api.listen({ port: 0, host: '127.0.0.1' });
  port = (api.server.address() as AddressInfo).port;
});
afterEach(() => api.close());

async function post(body: string | FormData, type?: string) {
  const headers = type === undefined ? {} : { 'content-type': type };
  const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body, headers });
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
}

function formWith(fields: Readonly<Record<string, string>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('image_file', new Blob([new Uint8Array(onePixelPng)]), 'x.png');
  return form;
}

it('reads the same from every kind of body, and leaves out what is empty', async () => {
  const values = { size: 'auto', crop: 'true' };
  const json = JSON.stringify({ size: ' auto ', crop: true, roi: null, scale: '' });
  assert.deepEqual((await post(json, 'application/json; charset=utf-8')).answer, { values, files: [] });
  const text = 'size=auto&crop=true&roi=';
  assert.deepEqual((await post(text, 'application/x-www-form-urlencoded')).answer, { values, files: [] });
  assert.deepEqual((await post(formWith({ ...values, roi: '' }))).answer, { values, files: ['image_file'] });
});

it('holds few pictures as text at once; files need no place', async () => {
  const slow = Array.from({ length: 4 }, () => {
    const one = request({ port, host: '127.0.0.1', method: 'POST', headers: { 'content-type': 'application/json' } });
    one.on('error', () => {});
    one.write('{');
    return one;
  });
  await until(() => assert.equal(started, 4));
  assert.equal((await post('{}', 'application/json')).status, 503);
  assert.equal((await post(formWith({ image_file_b64: 'A'.repeat(100_000) }))).status, 503);
  assert.equal((await post(formWith({ size: 'auto' }))).status, 200);
  for (const one of slow) {
    one.end('}');
    await once(one, 'response');
  }
  assert.equal((await post('{}', 'application/json')).status, 200);
});
