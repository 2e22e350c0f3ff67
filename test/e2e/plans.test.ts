import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { administeredEnv } from '../support/accounts-env.ts';
import { apiUnderTest } from '../support/api-under-test.ts';
import type { Fleet } from '../support/fleet.ts';
import {
  type Asker,
  foundWorkspace,
  jsonOf,
  jsonSender,
  type Send,
  signInAsAdministrator,
} from '../support/isolation/people.ts';

import { until } from '../support/until.ts';

// Plans on the real program: who has used up theirs is told so at every door, and nobody gets past one of them.

// biome-ignore lint/suspicious/noExplicitAny: JSON of many shapes, each asserted where it is read
type Json = any;

const web = createServer((_request, response) => response.end(largest));
let fleet: Fleet;
let send: Send;
let admin: Asker;
let tenantId: string;
let person: Asker;
/** A key of theirs. */
let owner: Asker;
/** Pictures of noise: their sizes are what they are. */
const pictures: Buffer[] = [];
let largest: Buffer;

before(async () => {
  for (let n = 0; n < 6; n++) pictures.push(await noise(40 + n));
  largest = await noise(120);
  web.listen(0, '127.0.0.1');
  await once(web, 'listening');
  fleet = await apiUnderTest({
    // The other one does not tell which parts of an upload it has.
    s3: 'swift',
    env: {
      ...administeredEnv,
      ESTEIRA_IMPORT_PRIVATE_HOSTS: '127.0.0.1',
    },
  });
  send = jsonSender(fleet.address);
  admin = await signInAsAdministrator(fleet.address);
  ({ id: tenantId, owner: person, byKey: owner } = await foundWorkspace(fleet.address, admin, 'planned'));
});
after(async () => {
  await fleet[Symbol.asyncDispose]();
  web.closeAllConnections();
  web.close();
});

test('who runs the server gives plans; who has one sees it, and cannot give another', async () => {
  const plan = { name: 'Small', imagesPerMonth: 10, retentionSeconds: 86_400 };
  const made = await jsonOf<Json>(await send('POST', '/v1/plans', admin, { id: 'small', ...plan }), 201);
  assert.deepEqual([made.imagesPerMonth, made.storedBytes], [10, null]);
  await refused(send('POST', '/v1/plans', admin, { id: 'small', ...plan }), 409, 'PLAN_NAME_TAKEN');
  await refused(send('POST', '/v1/plans', admin, { id: 'Not one', ...plan }), 400, 'INVALID_PARAMETERS');
  await refused(send('PUT', '/v1/plans/small', owner, plan), 403, 'FORBIDDEN');
  await refused(assigned({ planId: 'small' }, owner), 403, 'FORBIDDEN');
  await refused(assigned({}), 400, 'INVALID_PARAMETERS');
  await refused(assigned({ planId: 'no-such' }), 404, 'PLAN_NOT_FOUND');
  const assignment = await jsonOf<Json>(await assigned({ planId: 'small' }), 200);
  assert.deepEqual([assignment.plan.id, assignment.status], ['small', 'active']);
  await refused(send('DELETE', '/v1/plans/small', admin), 409, 'PLAN_IN_USE');
  const { items } = await jsonOf<Json>(await send('GET', '/v1/plans', owner), 200);
  assert.ok(items.some(({ id }: Json) => id === 'studio'));
  const { plan: own, limits, period } = await usage();
  assert.equal(own.name, 'Small');
  assert.deepEqual(limits[0], { name: 'imagesPerMonth', used: 0, allowed: 10, resetsAt: period.to });
  const { items: acts } = await jsonOf<Json>(await send('GET', '/v1/audit', person), 200);
  const act = acts.find(({ action }: Json) => action === 'tenant.plan-assigned');
  assert.deepEqual([act.before.planId, act.after.planId], ['unlimited', 'small']);
});

test('the byte after the last one there is room for is refused at every door, before it comes where that is known', async () => {
  const [first] = pictures as [Buffer];
  const allowed = first.length + largest.length - 1;
  await setPlan({ storedBytes: allowed });
  await uploaded(first);
  const isFull = async (answer: Promise<Response>) => {
    const { limit, allowed: told, used } = await refused(answer, 413, 'QUOTA_EXCEEDED');
    assert.deepEqual([limit, told, used], ['storedBytes', allowed, first.length]);
  };
  const body = new Uint8Array(largest);
  await isFull(ask('/v1/assets', { method: 'POST', body }));
  await isFull(ask('/v1/assets', { method: 'POST', body: inPieces(largest), duplex: 'half' } as RequestInit));
  await isFull(ask('/v1/assets', { method: 'POST', body: form('file', largest) }));
  await isFull(ask('/v1/images/thumbnail', { method: 'POST', body: form('background', largest) }));
  await isFull(ask('/v1/images/cutout', { method: 'POST', body }));
  const tus = { 'tus-resumable': '1.0.0' };
  await isFull(ask('/v1/uploads', { method: 'POST', headers: { ...tus, 'upload-length': String(largest.length) } }));
  // Known when it is whole; what became of it is kept without the numbers.
  await refused(deferred(largest), 413, 'QUOTA_EXCEEDED');
  const foreign = await ask('/v1.0/removebg', { method: 'POST', body: form('image_file', largest) });
  assert.equal(foreign.status, 413, await foreign.text());
  const url = `http://127.0.0.1:${(web.address() as AddressInfo).port}/a.png`;
  const imported = await jsonOf<Json>(
    await ask('/v1/assets/import', {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=30' },
      body: JSON.stringify({ url }),
    }),
    200,
  );
  assert.equal(imported.error?.code, 'QUOTA_EXCEEDED', JSON.stringify(imported));
  if (fleet.kind === 'fleet') {
    const file = { sizeBytes: largest.length, sha256: createHash('sha256').update(largest).digest('hex') };
    await isFull(send('POST', '/v1/assets/presign', owner, file));
  }
  const said = await answerToHeaders(largest.length);
  assert.match(said, /^HTTP\/1\.1 413 .*QUOTA_EXCEEDED/s);
  assert.equal(await usedOf('storedBytes'), first.length, 'nothing of all that was kept');
  await setPlan({ storedBytes: allowed + 1 });
  await uploaded(largest);
  assert.equal(await usedOf('storedBytes'), allowed + 1);
});

test('of twenty uploads at once at the edge, as many are taken as there is room for', async () => {
  const many = await Promise.all(Array.from({ length: 20 }, () => noise(30)));
  const sizes = many.map(({ length }) => length).sort((a, b) => a - b);
  const before = await usedOf('storedBytes');
  // Room for five of any of them, and for six of none.
  const allowed = before + 6 * (sizes[0] ?? 0) - 1;
  assert.ok(allowed >= before + 5 * (sizes.at(-1) ?? 0), 'pictures of noise are of about one size');
  await setPlan({ storedBytes: allowed });
  const answers = await Promise.all(
    many.map((picture) => ask('/v1/assets', { method: 'POST', body: new Uint8Array(picture) })),
  );
  const statuses = answers.map(({ status }) => status);
  assert.ok(statuses.every((status) => status === 201 || status === 413));
  // Each holds its room while it comes; one that was refused for another's sake may come again.
  for (const [at, picture] of many.entries())
    if (statuses[at] === 413) await ask('/v1/assets', { method: 'POST', body: new Uint8Array(picture) });
  assert.equal(await countAssets(), 2 + 5);
  assert.ok((await usedOf('storedBytes')) <= allowed);
});

test('one upload may be as large as the plan says', async () => {
  const [first, second] = pictures as [Buffer, Buffer];
  await setPlan({ uploadBytes: first.length });
  await uploaded(first);
  const large = (answer: Promise<Response>) => refused(answer, 413, 'UPLOAD_TOO_LARGE');
  assert.ok(second.length > first.length);
  const body = new Uint8Array(second);
  const { limit, allowed } = await large(ask('/v1/assets', { method: 'POST', body }));
  assert.deepEqual([limit, allowed], ['uploadBytes', first.length]);
  await large(ask('/v1/assets', { method: 'POST', body: inPieces(second), duplex: 'half' } as RequestInit));
  await large(ask('/v1/assets', { method: 'POST', body: form('file', second) }));
  await large(deferred(second));
});

test('pictures of a month are counted wherever they are asked for, each once', async () => {
  await setPlan({});
  const assets: string[] = [];
  for (const picture of pictures) assets.push(await uploaded(picture));
  const [one = '', two = '', three = ''] = assets;
  const resize = (asset: string, widthPx: number) => ({
    processor: 'image.resize',
    inputs: [asset],
    params: { widthPx },
  });
  const job = (asset: string, widthPx: number) =>
    ask('/v1/jobs', {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=30' },
      body: JSON.stringify(resize(asset, widthPx)),
    });
  const steps = [
    { id: 'a', ...resize(one, 7), inputs: [{ asset: one }] },
    { id: 'b', processor: 'image.resize', params: { widthPx: 6 }, inputs: [{ step: 'a', output: 0 }] },
  ];
  const before = await usedOf('imagesPerMonth');
  await jsonOf(await job(one, 10), 200);
  await jsonOf(await job(one, 10), 200);
  const batch = await jsonOf<Json>(
    await send('POST', '/v1/batches', owner, {
      processor: 'image.resize',
      inputs: assets.map((asset) => ({ inputs: [asset], params: { widthPx: 9 } })),
    }),
    202,
  );
  const pipeline = await jsonOf<Json>(await send('POST', '/v1/pipelines', owner, { steps }), 202);
  await until(async () => {
    const { status } = await jsonOf<Json>(await send('GET', `/v1/pipelines/${pipeline.id}`, owner), 200);
    assert.equal(status, 'succeeded');
  });
  const { path } = await jsonOf<Json>(
    await send('POST', '/v1/images/signed-urls', owner, { assetId: one, widthPx: 8 }),
    200,
  );
  for (let again = 0; again < 3; again++) assert.equal((await fetch(`${fleet.address}${path}`)).status, 200);
  await until(async () => assert.equal(await usedOf('imagesPerMonth'), before + 1 + assets.length + 2 + 1));
  const { counts } = await jsonOf<Json>(await send('GET', `/v1/batches/${batch.id}`, owner), 200);
  assert.equal(counts.succeeded, assets.length);

  // One is left.
  const used = await usedOf('imagesPerMonth');
  await setPlan({ imagesPerMonth: used + 1 });
  const limited = async (answer: Promise<Response>) => {
    const problem = await refused(answer, 429, 'PLAN_LIMIT');
    const { period } = await usage();
    assert.deepEqual([problem.limit, problem.allowed, problem.used], ['imagesPerMonth', used + 1, used]);
    assert.equal(new Date(problem.resetsAt).toISOString(), period.to);
  };
  await limited(
    send('POST', '/v1/batches', owner, {
      processor: 'image.resize',
      inputs: [two, three].map((asset) => ({ inputs: [asset], params: { widthPx: 5 } })),
    }),
  );
  const half = await jsonOf<Json>(
    await send('POST', '/v1/pipelines', owner, {
      steps: [
        { id: 'a', ...resize(two, 4), inputs: [{ asset: two }] },
        { id: 'b', processor: 'image.resize', params: { widthPx: 3 }, inputs: [{ step: 'a', output: 0 }] },
      ],
    }),
    202,
  );
  await until(async () => {
    const { status, steps: ended } = await jsonOf<Json>(await send('GET', `/v1/pipelines/${half.id}`, owner), 200);
    assert.equal(status, 'failed');
    assert.deepEqual([ended[0].status, ended[1].error?.code], ['succeeded', 'PLAN_LIMIT']);
  });
  await setPlan({ imagesPerMonth: used });
  const none = await ask('/v1/jobs', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(resize(three, 2)),
  });
  assert.ok(Number(none.headers.get('retry-after')) > 0);
  assert.equal(none.status, 429);
  await refused(
    ask('/v1/images/cutout', { method: 'POST', body: form('file', pictures[3] ?? largest) }),
    429,
    'PLAN_LIMIT',
  );
  const { path: another } = await jsonOf<Json>(
    await send('POST', '/v1/images/signed-urls', owner, { assetId: one, widthPx: 2 }),
    200,
  );
  await refused(fetch(`${fleet.address}${another}`), 429, 'PLAN_LIMIT');
  const credits = await ask('/v1.0/removebg', { method: 'POST', body: form('image_file', pictures[4] ?? largest) });
  assert.equal(credits.status, 402);
  const { data } = await jsonOf<Json>(await send('GET', '/v1.0/account', owner), 200);
  assert.equal(data.attributes.credits.total, 0);
  // What was made is answered from what is kept.
  await jsonOf(await job(one, 10), 200);
  const metrics = fleet.apis.map(async ({ address }) => (await jsonSender(address)('GET', '/metrics', admin)).text());
  assert.match(
    (await Promise.all(metrics)).join('\n'),
    /^esteira_plan_refusals_total\{limit="imagesPerMonth"\} [1-9]/m,
  );
});

test('who is suspended can read, take away and remove, and gets nothing new, from any process', async () => {
  await setPlan({});
  const asset = await uploaded(pictures[0] ?? largest);
  const request = { processor: 'image.resize', inputs: [asset], params: { widthPx: 21 } };
  const made = await jsonOf<Json>(await send('POST', '/v1/jobs', owner, request), 200, 202);
  await until(async () => {
    assert.equal((await jsonOf<Json>(await send('GET', `/v1/jobs/${made.id}`, owner), 200)).status, 'succeeded');
  });
  await jsonOf(await assigned({ status: 'suspended' }), 200);
  const suspended = (answer: Promise<Response>) => refused(answer, 403, 'TENANT_SUSPENDED');
  for (const api of fleet.apis) {
    const there = jsonSender(api.address);
    // Told within a second.
    await until(() => suspended(there('POST', '/v1/jobs', owner, request)));
  }
  await suspended(ask('/v1/assets', { method: 'POST', body: new Uint8Array(largest) }));
  await suspended(send('POST', '/v1/batches', owner, { processor: 'image.resize', inputs: [asset] }));
  await suspended(ask('/v1/uploads', { method: 'POST', headers: { 'tus-resumable': '1.0.0', 'upload-length': '9' } }));
  for (const path of ['/v1/jobs', '/v1/usage', `/v1/jobs/${made.id}/outputs/0`, `/v1/assets/${asset}/content`]) {
    assert.equal((await ask(path)).status, 200, path);
  }
  assert.equal((await send('DELETE', `/v1/jobs/${made.id}`, owner)).status, 204);
  await jsonOf(await assigned({ status: 'active' }), 200);
  await until(async () => void (await jsonOf(await send('POST', '/v1/jobs', owner, request), 200, 202)));
});

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${fleet.address}${path}`, { ...init, headers: { ...owner.headers, ...init.headers } });
}

async function refused(answer: Promise<Response>, status: number, code: string): Promise<Json> {
  const problem = await jsonOf<Json>(await answer, status);
  assert.equal(problem.code, code, problem.detail);
  return problem;
}

function assigned(change: object, by = admin): Promise<Response> {
  return send('PUT', `/v1/tenants/${tenantId}/plan`, by, change);
}

/** The workspace's plan, known to every process. */
async function setPlan(limits: object): Promise<void> {
  await jsonOf(await send('PUT', '/v1/plans/small', admin, { name: 'Small', ...limits }), 200);
  for (const { address } of fleet.apis) {
    await until(async () => {
      const { items } = await jsonOf<Json>(await jsonSender(address)('GET', '/v1/plans', admin), 200);
      const { id: _id, name: _name, ...now } = items.find(({ id }: Json) => id === 'small');
      assert.deepEqual(Object.fromEntries(Object.entries(now).filter(([, value]) => value !== null)), limits);
    });
  }
}

async function usage(): Promise<Json> {
  return await jsonOf<Json>(await send('GET', '/v1/usage', owner), 200);
}

async function usedOf(limit: string): Promise<number> {
  return (await usage()).limits.find(({ name }: Json) => name === limit).used;
}

async function uploaded(picture: Buffer): Promise<string> {
  const answer = await ask('/v1/assets', { method: 'POST', body: new Uint8Array(picture) });
  return (await jsonOf<{ id: string }>(answer, 201)).id;
}

async function countAssets(): Promise<number> {
  const { items } = await jsonOf<Json>(await send('GET', '/v1/assets?limit=100', owner), 200);
  return items.length;
}

/** In pieces, and how much it is, is said with the last one. */
async function deferred(picture: Buffer): Promise<Response> {
  const tus = { 'tus-resumable': '1.0.0' };
  const begun = await ask('/v1/uploads', { method: 'POST', headers: { ...tus, 'upload-defer-length': '1' } });
  assert.equal(begun.status, 201, await begun.text());
  return await ask(begun.headers.get('location') ?? '', {
    method: 'PATCH',
    headers: {
      ...tus,
      'upload-offset': '0',
      'upload-length': String(picture.length),
      'content-type': 'application/offset+octet-stream',
    },
    body: new Uint8Array(picture),
  });
}

/** What is answered to the beginning of a request whose body never comes. */
async function answerToHeaders(sizeBytes: number): Promise<string> {
  const { hostname, port, host } = new URL(fleet.apis[0]?.address ?? '');
  const socket = connect(Number(port), hostname);
  const headers = Object.entries(owner.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`POST /v1/assets HTTP/1.1\r\nhost: ${host}\r\n${headers.join('')}content-length: ${sizeBytes}\r\n\r\n`);
  socket.setTimeout(30_000, () => socket.destroy());
  let answer = '';
  socket.on('data', (chunk: Buffer) => {
    answer += chunk;
    if (answer.includes('requestId')) socket.destroy();
  });
  await once(socket, 'close');
  return answer;
}

function form(field: string, picture: Buffer): FormData {
  const data = new FormData();
  data.append(field, new Blob([new Uint8Array(picture)]), 'a.png');
  return data;
}

/** Without a length. */
function inPieces(picture: Buffer): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < picture.length; at += 1_000) {
        controller.enqueue(new Uint8Array(picture.subarray(at, at + 1_000)));
      }
      controller.close();
    },
  });
}

function noise(sidePx: number): Promise<Buffer> {
  const raw = { width: sidePx, height: sidePx, channels: 3 } as const;
  return sharp(randomBytes(sidePx * sidePx * 3), { raw })
    .png()
    .toBuffer();
}
