import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createApp } from './app.ts';
import { routeAccess } from './route-access.ts';
import { routeActs } from './route-acts.ts';
import { createWorld, onePixelPng } from './stand-ins.ts';

/** Who may change nothing, or has proof of their own, is not somebody whose acts are recorded here. */
const changes = Object.entries(routeAccess)
  .filter(([entry, asked]) => !/^(GET|HEAD|OPTIONS) /.test(entry) && asked !== 'public')
  .map(([entry]) => entry);

test('of every route that changes something it is decided what stands on record', () => {
  assert.deepEqual(
    changes.filter((entry) => routeActs[entry] === undefined),
    [],
  );
  for (const entry of Object.keys(routeActs)) assert.ok(entry in routeAccess, `${entry} is no route`);
});

test('what succeeded is on record, with who, from where and what was there before', async () => {
  const world = createWorld();
  const api = await createApp(world.deps);
  const headers = { 'content-type': 'image/png', 'user-agent': 'somebody' };
  const made = await api.inject({ method: 'POST', url: '/v1/assets', headers, payload: onePixelPng });
  const { id } = made.json();
  assert.equal(world.acts.length, 0);
  const removed = await api.inject({
    method: 'DELETE',
    url: `/v1/assets/${id}`,
    headers: { 'user-agent': 'somebody' },
  });
  assert.equal(removed.statusCode, 204);
  const [act] = world.acts;
  assert.equal(act?.action, 'asset.removed');
  assert.deepEqual(act?.subject, { kind: 'asset', id });
  assert.deepEqual(act?.before, { mediaType: 'image/png', sizeBytes: onePixelPng.length });
  assert.equal(act?.by?.kind, 'local');
  assert.deepEqual([act?.origin?.ip, act?.origin?.userAgent], ['127.0.0.1', 'somebody']);
  await api.close();
});

test('what was refused is not', async () => {
  const world = createWorld();
  const api = await createApp(world.deps);
  const answer = await api.inject({ method: 'DELETE', url: '/v1/assets/0190a000-0000-7000-8000-000000000000' });
  assert.equal(answer.statusCode, 404);
  assert.deepEqual(world.acts, []);
  await api.close();
});

test('what cannot be put on record is not answered with success', async () => {
  const world = createWorld();
  const audit = {
    ...world.deps.audit,
    record: async () => {
      throw new Error('the database is away');
    },
  };
  const api = await createApp({ ...world.deps, audit });
  const headers = { 'content-type': 'image/png' };
  const { id } = (await api.inject({ method: 'POST', url: '/v1/assets', headers, payload: onePixelPng })).json();
  const answer = await api.inject({ method: 'DELETE', url: `/v1/assets/${id}` });
  assert.equal(answer.statusCode, 500);
  assert.doesNotMatch(answer.payload, /database is away/);
  await api.close();
});
