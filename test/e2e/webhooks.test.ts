import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { openReceiver, verified } from '#webhooks/test-webhooks.ts';
import { apiUnderTest } from '../support/api-under-test.ts';
import type { Fleet } from '../support/fleet.ts';
import { until } from '../support/until.ts';

// Webhooks and schedules as a client meets them, on whatever engines this run is for.

let server: Fleet;
let receiver: Awaited<ReturnType<typeof openReceiver>>;
let photo: string;
before(async () => {
  receiver = await openReceiver();
  server = await apiUnderTest({ env: { ESTEIRA_WEBHOOK_PRIVATE_HOSTS: '127.0.0.1' } });
  const picture = sharp({ create: { width: 64, height: 48, channels: 3, background: '#b3402e' } });
  const response = await fetch(`${server.address}/v1/assets`, {
    method: 'POST',
    headers: { 'content-type': 'image/png' },
    body: new Uint8Array(await picture.png().toBuffer()),
  });
  photo = ((await response.json()) as { id: string }).id;
});
after(async () => {
  receiver?.close();
  for (const exitCode of await server.stop()) assert.equal(exitCode, 0);
  await server[Symbol.asyncDispose]();
});

// biome-ignore lint/suspicious/noExplicitAny: JSON of many shapes, each asserted where it is read
async function ask(method: string, path: string, body?: unknown): Promise<{ response: Response; json: any }> {
  const headers = { 'content-type': 'application/json' };
  const text = body === undefined ? {} : { body: JSON.stringify(body), headers };
  const response = await fetch(`${server.address}${path}`, { method, ...text });
  const answer = await response.text();
  return { response, json: answer === '' ? undefined : JSON.parse(answer) };
}

/** The messages that a path has got, once there are so many. */
const got = (path: string, count: number) =>
  until(() => {
    assert.equal(receiver.at(path).length, count);
    return receiver.at(path);
  }, 30_000);

const resize = (widthPx: number) => ({ processor: 'image.resize', inputs: [photo], params: { widthPx } });

test('a job’s end reaches an endpoint and the address that the job names, each signed with its own secret', async () => {
  const { response, json } = await ask('POST', '/v1/webhooks', {
    url: `${receiver.url}/shop`,
    events: ['job.succeeded'],
  });
  assert.equal(response.status, 201);
  assert.equal(response.headers.get('location'), `/v1/webhooks/${json.id}`);
  assert.equal(response.headers.get('cache-control'), 'no-store');
  const own = await ask('GET', '/v1/webhooks/signing-secret');
  const { json: job } = await ask('POST', '/v1/jobs', { ...resize(20), webhookUrl: `${receiver.url}/own` });

  const [[shop], [single]] = await Promise.all([got('/shop', 1), got('/own', 1)]);
  assert.ok(shop && single);
  for (const message of [verified(shop, json.secret), verified(single, own.json.secret)]) {
    assert.deepEqual([message.type, message.data['id']], ['job.succeeded', job.id]);
    const now = await ask('GET', `/v1/jobs/${job.id}`);
    assert.deepEqual(message.data, now.json, 'what the API says of the job');
  }
  assert.throws(() => verified(single, json.secret), /No matching signature/);

  const sent = await until(async () => {
    const deliveries = await ask('GET', `/v1/webhooks/deliveries?subject=${job.id}&status=delivered`);
    assert.equal(deliveries.json.items.length, 2);
    return deliveries.json.items;
  });
  assert.equal(new Set(sent.map((each: { messageId: string }) => each.messageId)).size, 1);
  const ofEndpoint = await ask('GET', `/v1/webhooks/${json.id}/deliveries`);
  const detail = await ask('GET', `/v1/webhooks/deliveries/${ofEndpoint.json.items[0].id}`);
  assert.deepEqual([detail.json.body, detail.json.history.length], [shop.body, 1]);
  const again = await ask('POST', `/v1/webhooks/deliveries/${detail.json.id}/replay`);
  assert.equal(again.response.status, 202);
  const [first, second] = await got('/shop', 2);
  assert.equal(second?.headers['webhook-id'], first?.headers['webhook-id']);
  await until(async () => {
    const metrics = await server.metrics();
    assert.match(metrics, /^esteira_webhook_pending 0$/m);
    assert.match(metrics, /^esteira_webhook_delivery_duration_seconds_count\{outcome="delivered"\} [1-9]/m);
  });
});

test('endpoints are read, changed, switched off and removed; secrets are in no list', async () => {
  const { json } = await ask('POST', '/v1/webhooks', { url: `${receiver.url}/off`, events: ['batch.finished'] });
  const path = `/v1/webhooks/${json.id}`;
  for (const listing of ['/v1/webhooks', path]) {
    assert.ok(!JSON.stringify((await ask('GET', listing)).json).includes('whsec_'), listing);
  }
  assert.equal((await ask('GET', `${path}/secret`)).json.secret, json.secret);
  const rotated = await ask('POST', `${path}/rotate`);
  assert.equal(rotated.json.previous.secret, json.secret);
  const changed = await ask('PATCH', path, { description: 'orders', active: false });
  assert.deepEqual([changed.json.description, changed.json.active], ['orders', false]);
  const refused: [string, string, unknown, number, string][] = [
    ['POST', `${path}/test`, undefined, 409, 'WEBHOOK_INACTIVE'],
    ['POST', `${path}/replay`, { since: '2026-01-01T00:00:00Z' }, 409, 'WEBHOOK_INACTIVE'],
    ['PATCH', path, {}, 400, 'INVALID_PARAMETERS'],
    ['PATCH', path, { url: 'http://10.0.0.1/' }, 422, 'URL_NOT_ALLOWED'],
    ['POST', '/v1/webhooks', { url: 'http://169.254.169.254/', events: ['job.failed'] }, 422, 'URL_NOT_ALLOWED'],
    ['POST', '/v1/webhooks', { url: receiver.url, events: [] }, 400, 'INVALID_PARAMETERS'],
    ['POST', '/v1/webhooks', { url: receiver.url, events: ['everything'] }, 400, 'INVALID_PARAMETERS'],
    ['GET', '/v1/webhooks/deliveries/none', undefined, 404, 'DELIVERY_NOT_FOUND'],
  ];
  for (const [method, address, body, status, code] of refused) {
    const { response, json: problem } = await ask(method, address, body);
    assert.deepEqual([response.status, problem.code], [status, code], `${method} ${address}`);
  }
  assert.equal((await ask('DELETE', path)).response.status, 204);
  assert.equal((await ask('GET', path)).json.code, 'WEBHOOK_NOT_FOUND');
});

test('a schedule starts its work by hand and says what came of it', async () => {
  const { response, json } = await ask('POST', '/v1/schedules', {
    name: 'nightly',
    cron: '30 3 * * *',
    timeZone: 'America/Sao_Paulo',
    batch: { processor: 'image.resize', inputs: [photo, [photo]], params: { widthPx: 30 } },
  });
  assert.equal(response.status, 201, JSON.stringify(json));
  const path = `/v1/schedules/${json.id}`;
  assert.match(json.nextAt, /T06:30:00\.000Z$/);
  const run = await ask('POST', `${path}/run`);
  assert.equal(run.response.status, 202);
  assert.equal(run.json.lastRun.status, 'started');
  const batch = await until(async () => {
    const read = await ask('GET', `/v1/batches/${run.json.lastRun.id}`);
    assert.equal(read.json.status, 'finished');
    return read.json;
  }, 30_000);
  assert.equal(batch.counts.succeeded, 2);

  const changed = await ask('PATCH', path, { paused: true, job: resize(25) });
  assert.deepEqual([changed.json.nextAt, changed.json.job.params], [null, { widthPx: 25 }]);
  assert.equal(changed.json.batch, undefined);
  const refused: [unknown, string][] = [
    [{ cron: '* * * * * *', job: resize(1) }, 'SCHEDULE_INVALID'],
    [{ cron: '@daily', timeZone: 'Mars/Olympus', job: resize(1) }, 'SCHEDULE_INVALID'],
    [{ cron: '@daily' }, 'INVALID_PARAMETERS'],
    [{ cron: '@daily', job: resize(1), batch: { processor: 'image.resize', inputs: [photo] } }, 'INVALID_PARAMETERS'],
    [{ cron: '@daily', job: { processor: 'image.nothing', inputs: [] } }, 'UNKNOWN_PROCESSOR'],
  ];
  for (const [body, code] of refused) assert.equal((await ask('POST', '/v1/schedules', body)).json.code, code);
  assert.equal((await ask('GET', '/v1/schedules')).json.items.length, 1);
  assert.equal((await ask('DELETE', path)).response.status, 204);
  assert.equal((await ask('GET', path)).json.code, 'SCHEDULE_NOT_FOUND');
});
