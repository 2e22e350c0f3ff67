import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import sharp from 'sharp';
import yauzl from 'yauzl';
import { administeredEnv, administrator } from '../support/accounts-env.ts';
import { apiUnderTest } from '../support/api-under-test.ts';
import type { Fleet } from '../support/fleet.ts';
import {
  type Asker,
  invited,
  jsonOf,
  jsonSender,
  type Send,
  signInAsAdministrator,
} from '../support/isolation/people.ts';
import { leftBehind, type Traces } from '../support/left-behind.ts';

// People ask for everything that is kept of them, and then for nothing of it to be left: not in the data folder, not in
// the database, not in the bucket, not in Redis. What is looked for afterwards is found before.

interface Item {
  readonly id: string;
}

let fleet: Fleet;
let send: Send;
let admin: Asker;

before(async () => {
  fleet = await apiUnderTest({
    apis: 1,
    workers: 1,
    // The other one cannot take a file in pieces.
    s3: 'swift',
    env: {
      ...administeredEnv,
      ESTEIRA_ERASURE_GRACE_DAYS: '0',
    },
  });
  send = jsonSender(fleet.address);
  admin = await signInAsAdministrator(fleet.address);
});
after(() => fleet[Symbol.asyncDispose]());

test('a person is erased, and what others have stays', { timeout: 180_000 }, async () => {
  const email = `${word()}@persons.example.com`;
  const person = await invited(fleet.address, admin, word(), 'editor', email, []);
  const { user } = await jsonOf<{ user: Item & { name: string } }>(await send('GET', '/v1/auth/me', person), 200);
  const [own, shared, kept] = await Promise.all([noise(), noise(), noise()]);
  const fileName = `${word()}.png`;
  const note = word();

  const asset = await upload(person, own, fileName);
  await upload(person, shared, fileName);
  const sharedOfOther = await upload(admin, shared, 'shared.png');
  const ofOther = await upload(admin, kept, 'kept.png');
  const job = await work(person, asset, { note });
  const output = await bytesOf(`/v1/jobs/${job}/outputs/0`, person);
  const derived = await work(admin, asset, {});
  await jsonOf(await send('POST', '/v1/shares', person, { jobId: job, outputIndex: 0, name: note }), 201);
  const { key } = await jsonOf<{ key: string }>(
    await send('POST', '/v1/api-keys', person, { name: note, scopes: ['assets:read'] }),
    201,
  );
  await jsonOf(await send('PUT', '/v1/privacy/consents', person, { purpose: 'product-news', given: true }), 200);
  const piece = randomBytes(2_000);
  await begin(person, piece);

  const archive = await unpack(await copyOf(person, 'me'));
  assertSame(archive.get(`files/uploaded/${asset}-${fileName}`), own);
  assertSame(archive.get(`files/made/${job}-0.png`), output);
  assert.deepEqual(
    JSON.parse(String(archive.get('data/people.json'))).map((row: { email: string }) => row.email),
    [email],
  );
  assert.deepEqual(
    JSON.parse(String(archive.get('data/consents.json'))).map((row: { given: boolean }) => row.given),
    [true],
  );
  const everything = Buffer.concat([...archive.values()]).toString('latin1');
  assert.ok(!everything.includes(administrator.email), 'the copy names somebody else');
  assert.ok(!everything.includes(key.split('_').at(-1) ?? ''), 'the copy has a secret');
  assert.match(String(archive.get('README.txt')), /Everything that[\s\S]*Tudo o que/);

  const traces: Traces = {
    email: Buffer.from(email),
    name: Buffer.from(user.name),
    'file name': Buffer.from(fileName),
    note: Buffer.from(note),
    file: own.subarray(400, 432),
    result: output.subarray(400, 432),
    piece: piece.subarray(100, 132),
  };
  const before = await leftBehind(fleet, traces);
  for (const what of Object.keys(traces)) {
    // Where pieces are multipart uploads of S3, nobody can read them before they are one.
    if (what === 'piece' && fleet.kind === 'fleet') continue;
    assert.ok(
      before.some((found) => found.startsWith(`${what}:`)),
      `${what} was nowhere before`,
    );
  }

  const wrong = await send('POST', '/v1/privacy/erasures', person, { of: 'me', confirm: 'somebody@else.example' });
  assert.equal((await jsonOf<{ code: string }>(wrong, 400)).code, 'INVALID_PARAMETERS');
  await jsonOf(await send('POST', '/v1/privacy/erasures', person, { of: 'me', confirm: email }), 202);
  await nothingOf(traces);

  assert.equal((await send('GET', '/v1/privacy', person)).status, 401);
  const byKey = await fetch(`${fleet.address}/v1/assets`, { headers: { authorization: `Bearer ${key}` } });
  assert.equal(byKey.status, 401);
  assert.equal((await send('GET', `/v1/jobs/${derived}`, admin)).status, 404);
  assertSame(await bytesOf(`/v1/assets/${sharedOfOther}/content`, admin), shared);
  assertSame(await bytesOf(`/v1/assets/${ofOther}/content`, admin), kept);
  const members = await jsonOf<{ items: { email: string }[] }>(await send('GET', '/v1/members', admin), 200);
  assert.ok(!members.items.some((member) => member.email === email));
  // The very same file may come again, from somebody else.
  await delay(1_000);
  await recordHolds();
});

test('the last owner of a workspace has it erased first', { timeout: 180_000 }, async () => {
  const name = word();
  const email = `${word()}@owners.example.com`;
  const { invitation } = await jsonOf<{ invitation: { url: string } }>(
    await send('POST', '/v1/tenants', admin, { name, ownerEmail: email }),
    201,
  );
  const owner = await joinBy(invitation.url, email);
  const own = await noise();
  const note = word();
  const asset = await upload(owner, own, `${note}.png`);
  await work(owner, asset, { note });
  await jsonOf(await send('POST', '/v1/templates', owner, { name: note, elements: [] }), 201, 400, 422);

  const alone = await send('POST', '/v1/privacy/erasures', owner, { of: 'me', confirm: email });
  const { code, detail } = await jsonOf<{ code: string; detail: string }>(alone, 409);
  assert.equal(code, 'LAST_OWNER');
  assert.ok(detail.includes(name));
  const wrong = await send('POST', '/v1/privacy/erasures', owner, { of: 'tenant', confirm: 'another' });
  assert.equal(wrong.status, 400);
  const whole = await unpack(await copyOf(owner, 'tenant'));
  assertSame(whole.get(`files/uploaded/${asset}-${note}.png`), own);

  const traces = { file: own.subarray(400, 432), note: Buffer.from(note), name: Buffer.from(name) };
  assert.equal(new Set((await leftBehind(fleet, traces)).map((found) => found.split(':')[0])).size, 3);
  await jsonOf(await send('POST', '/v1/privacy/erasures', owner, { of: 'tenant', confirm: name }), 202);
  await nothingOf(traces);
  await jsonOf(await send('POST', '/v1/privacy/erasures', owner, { of: 'me', confirm: email }), 202);
  await nothingOf({ email: Buffer.from(email) });
  await recordHolds();
});

/** Soon, and then for good. */
async function nothingOf(traces: Traces): Promise<void> {
  const deadlineMs = Date.now() + 60_000;
  for (let left = ['not looked yet']; left.length > 0; ) {
    await delay(1_000);
    left = await leftBehind(fleet, traces);
    if (left.length > 0 && Date.now() > deadlineMs) assert.deepEqual(left, []);
  }
}

/** And says that something was done, without whom. */
async function recordHolds(): Promise<void> {
  const report = await jsonOf<{ intact: boolean; blanked: number }>(
    await send('GET', '/v1/audit/verify?of=all', admin),
    200,
  );
  assert.equal(report.intact, true, JSON.stringify(report));
  assert.ok(report.blanked > 0);
  const { items } = await jsonOf<{ items: { action: string; erased: boolean }[] }>(
    await send('GET', '/v1/audit?of=server&action=person.erased', admin),
    200,
  );
  assert.ok(items.length > 0);
}

async function joinBy(url: string, email: string): Promise<Asker> {
  const nobody: Asker = { name: 'nobody', kind: 'nobody', permissions: new Set(), headers: { origin: fleet.address } };
  const password = 'another long pass phrase 43';
  const invitationToken = /[^/#=]+$/.exec(url)?.[0] ?? '';
  const signUp = { email, password, name: word(), invitationToken };
  const answer = await send('POST', '/v1/auth/sign-up/email', nobody, signUp);
  assert.ok(answer.ok, await answer.text());
  const signIn = await send('POST', '/v1/auth/sign-in/email', nobody, { email, password });
  const cookie = signIn.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  return { ...nobody, kind: 'person', headers: { cookie, origin: fleet.address } };
}

async function upload({ headers }: Asker, bytes: Buffer, name: string): Promise<string> {
  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(bytes)], { type: 'image/png' }), name);
  const answer = await fetch(`${fleet.address}/v1/assets`, { method: 'POST', headers, body: form });
  return (await jsonOf<Item>(answer, 201)).id;
}

/** An upload in pieces that is never finished. */
async function begin({ headers }: Asker, piece: Buffer): Promise<void> {
  const tus = { ...headers, 'tus-resumable': '1.0.0' };
  const made = await fetch(`${fleet.address}/v1/uploads`, {
    method: 'POST',
    headers: { ...tus, 'upload-length': '100000' },
  });
  const location = new URL(made.headers.get('location') ?? '', fleet.address);
  const sent = await fetch(`${fleet.address}${location.pathname}`, {
    method: 'PATCH',
    headers: { ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
    body: new Uint8Array(piece),
  });
  assert.equal(sent.status, 204, await sent.text());
}

async function work(by: Asker, asset: string, metadata: object): Promise<string> {
  const body = { processor: 'image.resize', inputs: [asset], params: { widthPx: 90 }, metadata };
  const headers = { ...by.headers, prefer: 'wait=60' };
  const job = await jsonOf<Item & { status: string }>(
    await send('POST', '/v1/jobs', { ...by, headers }, body),
    200,
    202,
  );
  assert.equal(job.status, 'succeeded');
  return job.id;
}

async function copyOf(by: Asker, of: 'me' | 'tenant'): Promise<Buffer> {
  const { id } = await jsonOf<Item>(await send('POST', '/v1/privacy/exports', by, { of }), 202);
  for (;;) {
    const { status } = await jsonOf<{ status: string }>(await send('GET', `/v1/privacy/exports/${id}`, by), 200);
    assert.notEqual(status, 'failed');
    if (status === 'ready') return await bytesOf(`/v1/privacy/exports/${id}/archive`, by);
    await delay(200);
  }
}

async function bytesOf(path: string, { headers }: Asker): Promise<Buffer> {
  const answer = await fetch(`${fleet.address}${path}`, { headers });
  assert.equal(answer.status, 200, path);
  return Buffer.from(await answer.arrayBuffer());
}

async function unpack(zip: Buffer): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const archive = await yauzl.fromBufferPromise(zip);
  for await (const entry of archive.eachEntry()) {
    const chunks: Buffer[] = [];
    for await (const chunk of await archive.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
    files.set(entry.fileName, Buffer.concat(chunks));
  }
  return files;
}

function assertSame(bytes: Buffer | undefined, expected: Buffer): void {
  assert.ok(bytes?.equals(expected), `${bytes?.length} bytes are not the ${expected.length} that they should be`);
}

/** A picture that nothing can be left out of. */
function noise(): Promise<Buffer> {
  const [width, height] = [120, 80];
  return sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

function word(): string {
  return `w${randomBytes(10).toString('hex')}`;
}
