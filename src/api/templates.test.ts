import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openPGliteDatabase, type PGliteDatabase } from '#database/drivers/pglite/pglite-database.ts';
import { type ErrorCode, errorTable } from '#kernel/errors.ts';
import { createTemplates } from '#templates/template-service.ts';
import { createApp } from './app.ts';
import type { Api } from './deps.ts';
import { createWorld } from './stand-ins.ts';

let dir: string;
let database: PGliteDatabase;
let api: Api;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'esteira-templates-'));
  database = await openPGliteDatabase({ dir });
  api = await createApp({ ...createWorld().deps, templates: createTemplates(database) });
});
after(async () => {
  await api.close();
  await database.close();
  await rm(dir, { recursive: true });
});

function ask(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  url: string,
  body?: unknown,
  more: Record<string, string> = {},
) {
  const headers = { host: 'localhost', ...(body !== undefined && { 'content-type': 'application/json' }), ...more };
  const payload = body === undefined ? {} : { payload: JSON.stringify(body) };
  return api.inject({ method, url, headers, ...payload });
}

async function refused(code: ErrorCode, answer: ReturnType<typeof ask>) {
  const { statusCode, payload } = await answer;
  const problem = JSON.parse(payload) as Record<string, unknown>;
  assert.deepEqual([problem['code'], statusCode], [code, errorTable[code].status], payload);
  return problem;
}

function look(name: string, text = 'só {{preço}}') {
  const params = { canvas: { widthPx: 1_080, heightPx: 1_080 }, texts: [{ kind: 'price', text }] };
  const fields = { preço: { title: 'Preço', default: 'R$ 1' } };
  return { schema: 'esteira-template/1', name, processor: 'image.thumbnail', params, fields };
}

test('a template is saved, read, changed, filled and removed', async () => {
  const created = await ask('POST', '/v1/templates', look('Natal'));
  assert.equal(created.statusCode, 201, created.payload);
  const { id, updatedAt, ...rest } = created.json();
  assert.equal(created.headers.location, `/v1/templates/${id}`);
  assert.equal(created.headers.etag, '"1"');
  assert.deepEqual(rest, { name: 'Natal', version: 1, document: look('Natal') });
  assert.equal(new Date(updatedAt).toISOString(), updatedAt);
  assert.deepEqual((await ask('GET', `/v1/templates/${id}`)).json(), created.json());

  const changed = await ask('PUT', `/v1/templates/${id}`, look('Natal', '{{preço}}!'), { 'if-match': '"1"' });
  assert.deepEqual([changed.statusCode, changed.json().version, changed.headers.etag], [200, 2, '"2"']);
  const late = await refused(
    'TEMPLATE_CHANGED',
    ask('PUT', `/v1/templates/${id}`, look('late'), { 'if-match': '"1"' }),
  );
  assert.equal(late['version'], 2);
  await refused('INVALID_PARAMETERS', ask('PUT', `/v1/templates/${id}`, look('x'), { 'if-match': 'newest' }));
  assert.equal((await ask('PUT', `/v1/templates/${id}`, look('Ano novo'))).json().version, 3);

  const versions = (await ask('GET', `/v1/templates/${id}/versions`)).json();
  assert.deepEqual(
    versions.items.map((each: { version: number; name: string }) => [each.version, each.name]),
    [
      [3, 'Ano novo'],
      [2, 'Natal'],
      [1, 'Natal'],
    ],
  );
  assert.deepEqual((await ask('GET', `/v1/templates/${id}?version=2`)).json(), changed.json());
  assert.deepEqual((await ask('GET', '/v1/templates')).json().items[0].id, id);

  const fill = (body: object) => ask('POST', `/v1/templates/${id}/fill`, body);
  const filled = (await fill({ fields: { preço: 'R$ 10' }, version: 2 })).json();
  assert.deepEqual(filled, {
    processor: 'image.thumbnail',
    version: 2,
    params: { canvas: { widthPx: 1_080, heightPx: 1_080 }, texts: [{ kind: 'price', text: 'R$ 10!' }] },
  });
  assert.deepEqual((await fill({})).json().params.texts[0].text, 'só R$ 1');
  await refused('TEMPLATE_VALUES', fill({ fields: { price: 'R$ 10' } }));
  await refused('INVALID_PARAMETERS', fill({ fields: { preço: 10 } }));

  assert.equal((await ask('DELETE', `/v1/templates/${id}`)).statusCode, 204);
  for (const url of ['', '/versions', '?version=1'])
    await refused('TEMPLATE_NOT_FOUND', ask('GET', `/v1/templates/${id}${url}`));
  await refused('TEMPLATE_NOT_FOUND', ask('DELETE', `/v1/templates/${id}`));
  await refused('TEMPLATE_NOT_FOUND', ask('PUT', `/v1/templates/${id}`, look('gone')));
  await refused('TEMPLATE_NOT_FOUND', fill({}));
});

test('a document that is none is refused, and nothing is kept of it', async () => {
  await refused('TEMPLATE_INVALID', ask('POST', '/v1/templates', { ...look('x'), more: 1 }));
  await refused('TEMPLATE_INVALID', ask('POST', '/v1/templates', look('x', '{{nothing}}')));
  await refused('INVALID_PARAMETERS', ask('POST', '/v1/templates', look('x', 'x'.repeat(70_000))));
  await refused('BODY_TOO_LARGE', ask('POST', '/v1/templates', look('x', 'x'.repeat(300_000))));
  await refused('INVALID_PARAMETERS', ask('POST', '/v1/templates', []));
  assert.deepEqual((await ask('GET', '/v1/templates')).json().items, []);
  assert.equal((await ask('POST', '/v1/templates', look('once'))).statusCode, 201);
  await refused('TEMPLATE_NAME_TAKEN', ask('POST', '/v1/templates', look('once')));
});

test('the schema is JSON Schema of the document', async () => {
  const answer = await ask('GET', '/v1/templates/schema');
  assert.match(String(answer.headers['content-type']), /^application\/schema\+json/);
  const schema = answer.json();
  assert.deepEqual(schema.required.toSorted(), Object.keys(look('')).toSorted());
  assert.equal(schema.properties.schema.const, 'esteira-template/1');
});
