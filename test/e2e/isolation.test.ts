import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import type { RouteAccess } from '#api/route-access.ts';
import { administeredEnv } from '../support/accounts-env.ts';
import { apiUnderTest } from '../support/api-under-test.ts';
import type { Fleet } from '../support/fleet.ts';
import {
  type Asker,
  jsonOf,
  jsonSender,
  makeWorkspace,
  nobody,
  signInAsAdministrator,
  type Workspace,
} from '../support/isolation/people.ts';
import { type Route, type RouteRequest, routesToAsk } from '../support/isolation/requests.ts';
import { fillWorkspace, type Maker, type Things } from '../support/isolation/things.ts';
import { until } from '../support/until.ts';

// Two workspaces, every route, every role: what belongs to one does not exist for the other, and what a role does not
// hold is refused. The routes come from the table that the server itself decides by.

const pictureOf = (background: string) =>
  sharp({ create: { width: 40, height: 30, channels: 3, background } })
    .png()
    .toBuffer();

let fleet: Fleet;
let first: Workspace;
let second: Workspace;
let ours: Maker;
let picture: Buffer;

before(async () => {
  fleet = await apiUnderTest({
    // The other one does not tell which parts of an upload it has.
    s3: 'swift',
    env: {
      ...administeredEnv,
    },
  });
  const admin = await signInAsAdministrator(fleet.address);
  picture = await pictureOf('#b3402e');
  [first, second] = await Promise.all([
    makeWorkspace(fleet.address, admin, 'first-workspace'),
    makeWorkspace(fleet.address, admin, 'second-workspace'),
  ]);
  ours = await fillWorkspace(fleet.address, first, picture);
});
after(() => fleet[Symbol.asyncDispose]());

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function ask(method: string, request: RouteRequest, by: Asker): Promise<Answer> {
  const { path, body, raw, headers } = request;
  const type = raw?.type ?? (body === undefined ? undefined : 'application/json');
  const content =
    raw === undefined ? (body === undefined ? undefined : JSON.stringify(body)) : new Uint8Array(raw.bytes);
  const stop = new AbortController();
  const response = await fetch(`${fleet.address}${path}`, {
    method,
    redirect: 'manual',
    signal: stop.signal,
    headers: { ...by.headers, ...headers, ...(type !== undefined && { 'content-type': type }) },
    ...(content !== undefined && { body: content }),
  });
  const isStream = response.headers.get('content-type') === 'text/event-stream';
  const text = isStream ? '' : await response.text();
  stop.abort();
  return { status: response.status, text };
}

/** @returns the status that is due before anything is looked at; undefined: may ask */
function refusal(asked: RouteAccess, { kind, permissions }: Asker): number | undefined {
  if (asked === 'public') return undefined;
  if (kind === 'nobody') return 401;
  if (asked === 'member') return undefined;
  if (asked === 'person') return kind === 'person' ? undefined : 403;
  return permissions.has(asked) ? undefined : 403;
}

function isNoRefusal({ status }: Answer): boolean {
  return status < 500 && status !== 401 && status !== 403;
}

/** What would give the first workspace away: its name, which is in every text of it, and its ids, those asked for aside. */
function marksIn({ text }: Answer, { path, body }: RouteRequest): string[] {
  const sent = `${path} ${JSON.stringify(body)}`;
  const marks = [first.name, first.id, ...Object.values(ours.things)];
  return marks.filter((mark) => !sent.includes(mark) && text.includes(mark));
}

/** These end the session that asks; who signs in and out is tested elsewhere. */
const endsSessions = new Set([
  'POST /v1/auth/sign-out',
  'POST /v1/auth/revoke-other-sessions',
  'DELETE /v1/members/me',
]);
/** A key that rotated another one would know its secret. */
const notByKeys = 'POST /v1/api-keys/:id/rotate';
/** What one's own account is asked without a body. */
const ownAccount = (route: Route) => route.entry.includes(' /v1/auth/') && !route.names;

let cells = 0;

test('to others, what belongs to a workspace does not exist', async () => {
  const before = await stateOfFirst();
  const wrong: string[] = [];
  for (const route of routesToAsk()) {
    const request = route.request(ours.things, picture);
    const isPublicPost = route.asked === 'public' && route.method === 'POST';
    const asking = (isPublicPost ? [nobody] : [...second.askers, nobody]).map(async (asker) => {
      const due = refusal(route.asked, asker);
      if (due === undefined && endsSessions.has(route.entry)) return;
      const answer = await ask(route.method, request, asker);
      cells += 1;
      const isRight =
        isUnavailable(answer) ||
        (due !== undefined
          ? answer.status === due
          : route.asked === 'public' || ownAccount(route)
            ? answer.status < 500
            : route.names
              ? answer.status === 404
              : isNoRefusal(answer));
      const about = `${route.entry} by ${asker.name} of the other workspace: ${answer.status} ${answer.text.slice(0, 300)}`;
      if (!isRight) wrong.push(about);
      for (const mark of marksIn(answer, request)) wrong.push(`shows ${mark}: ${about}`);
    });
    await Promise.all(asking);
  }
  assert.deepEqual(wrong, []);
  assert.deepEqual(await stateOfFirst(), before, 'something of the first workspace was changed');
});

test('its own people may what their role holds', async () => {
  const wrong: string[] = [];
  for (const route of routesToAsk()) {
    if (route.asked === 'public') continue;
    const isConsumed = route.method === 'DELETE' && route.kind !== undefined && route.kind !== 'erasure';
    const things: Things = isConsumed ? { ...ours.things, [route.kind]: await ours.fresh(route.kind) } : ours.things;
    const request = route.request(things, picture);
    let isFirst = true;
    for (const asker of first.askers) {
      const due = refusal(route.asked, asker);
      if (due === undefined && endsSessions.has(route.entry)) continue;
      const answer = await ask(route.method, request, asker);
      cells += 1;
      const about = `${route.entry} by ${asker.name}: ${answer.status} ${answer.text.slice(0, 300)}`;
      if (due !== undefined || (route.entry === notByKeys && asker.kind === 'key')) {
        if (answer.status !== (due ?? 403)) wrong.push(about);
        continue;
      }
      // The first finds it; after that it may be gone, over, or there already.
      const isFound = !isFirst || ownAccount(route) || route.answers.includes(answer.status);
      if (!isUnavailable(answer) && !(isFound && isNoRefusal(answer))) wrong.push(about);
      isFirst = false;
    }
  }
  assert.deepEqual(wrong, []);
});

test('ids in lists, filters and bodies lead nowhere either', async () => {
  const { asset, job, batch, upload, delivery, webhook } = ours.things as Record<string, string>;
  const work = (inputs: unknown) => ({ processor: 'image.resize', inputs, params: { widthPx: 9 } });
  const notFound: [string, string, unknown?, Record<string, string>?][] = [
    ['POST', '/v1/jobs', work([asset])],
    ['POST', '/v1/batches', work([asset])],
    ['POST', '/v1/batches', work([{ inputs: [asset], params: {} }])],
    ['POST', '/v1/pipelines', { steps: [{ id: 'a', ...work([asset]) }] }],
    ['POST', '/v1/pipelines', { inputs: [asset], steps: [{ id: 'a', processor: 'image.resize' }] }],
    ['POST', '/v1/schedules', { cron: '@yearly', batch: work([asset]) }],
    ['POST', '/v1/schedules', { cron: '@yearly', pipeline: { steps: [{ id: 'a', ...work([{ asset }]) }] } }],
    ['GET', `/v1/events?job=${job}`],
    ['GET', `/v1/events?batch=${batch}`],
    ['GET', `/v1/webhooks/${webhook}/deliveries`],
    ['GET', `/v1/webhooks/deliveries/${delivery}`],
    ['POST', '/v1/uploads', undefined, { 'tus-resumable': '1.0.0', 'upload-concat': `final;/v1/uploads/${upload}` }],
  ];
  for (const [method, path, body, headers = {}] of notFound) {
    const answer = await ask(method, { path, body, headers }, second.owner);
    cells += 1;
    assert.equal(answer.status, 404, `${method} ${path}: ${answer.text}`);
  }
  const empty = [
    `/v1/jobs?batch=${batch}`,
    `/v1/shares?jobId=${job}`,
    `/v1/webhooks/deliveries?subject=${job}`,
    '/v1/jobs?processor=%25',
    '/v1/assets?limit=100',
  ];
  for (const path of empty) {
    const { status, text } = await ask('GET', { path }, second.owner);
    cells += 1;
    assert.ok(status === 400 || status === 200, `${path}: ${text}`);
    assert.deepEqual(marksIn({ status, text }, { path }), [], path);
  }
});

test('the same work and the same keys are not shared across workspaces', async () => {
  const send = jsonSender(fleet.address);
  const made = async ({ owner }: Workspace) => {
    const upload = await ask('POST', { path: '/v1/assets', raw: { type: 'image/png', bytes: picture } }, owner);
    const body = { processor: 'image.resize', inputs: [JSON.parse(upload.text).id], params: { widthPx: 33 } };
    const headers = { ...owner.headers, 'idempotency-key': 'the-same-in-both', prefer: 'wait=60' };
    const answer = await send('POST', '/v1/jobs', { ...owner, headers }, body);
    return await jsonOf<{ id: string; cached: boolean; status: string }>(answer, 200);
  };
  const own = await made(first);
  const other = await made(second);
  assert.deepEqual([own.status, own.cached, other.status, other.cached], ['succeeded', false, 'succeeded', false]);
  assert.notEqual(own.id, other.id);
});

test('a stream tells of its own workspace alone', async () => {
  const stop = new AbortController();
  const response = await fetch(`${fleet.address}/v1/events`, { headers: second.owner.headers, signal: stop.signal });
  let heard = '';
  const reading = (async () => {
    for await (const chunk of response.body ?? []) heard += Buffer.from(chunk).toString();
  })().catch(() => undefined);
  await until(() => assert.match(heard, /event: ready/));
  const theirs = await ours.fresh('job');
  const own = await jsonOf<{ id: string }>(
    await jsonSender(fleet.address)('POST', '/v1/assets/import', second.owner, { url: 'https://x.example.com/y.png' }),
    202,
  );
  await until(() => assert.ok(heard.includes(own.id), heard));
  stop.abort();
  await reading;
  assert.ok(!heard.includes(theirs), 'it told of somebody else’s job');
});

test('how many were asked', (t) => {
  t.diagnostic(
    `${cells} cells: two workspaces, ${routesToAsk().length} routes, ${first.askers.length} who ask and nobody`,
  );
  assert.ok(cells > 1_500);
});

/** Everything that lists show to its owner. */
async function stateOfFirst(): Promise<unknown> {
  const lists = ['assets', 'jobs', 'batches', 'pipelines', 'templates', 'schedules', 'shares', 'webhooks', 'members'];
  const others = ['invitations', 'roles', 'api-keys', 'webhooks/deliveries', 'tenants/current'];
  const texts = [...lists, ...others].map(async (list) => {
    const { status, text } = await ask('GET', { path: `/v1/${list}` }, first.owner);
    assert.equal(status, 200, `${list}: ${text}`);
    // What goes on by itself: tries to reach receivers that are not there, and when a key was used last.
    return text.replaceAll(
      /"(attempts|lastAttempt|nextAt|status|lastUsedAt|failingSince|updatedAt)":("[^"]*"|\{[^}]*\}|[^,}]*)/g,
      '',
    );
  });
  return await Promise.all(texts);
}

/** Uploads past the server need a store that clients can reach. */
function isUnavailable({ text }: Answer): boolean {
  return text.includes('DIRECT_UPLOAD_UNAVAILABLE');
}
