import { type RouteAccess, routeAccess } from '#api/route-access.ts';
import type { Things } from './things.ts';
import { templateCalled } from './things.ts';

/** How one route is asked for the things of a workspace. */
export interface RouteRequest {
  readonly path: string;
  readonly body?: unknown;
  /** Instead of JSON. */
  readonly raw?: { readonly type: string; readonly bytes: Uint8Array };
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Route {
  /** `GET /v1/jobs/:id` */
  readonly entry: string;
  readonly method: string;
  readonly asked: RouteAccess;
  /** What it names; undefined: nothing that belongs to anybody. */
  readonly kind: string | undefined;
  /** Whether its request names things of the workspace: then others hear that there is no such thing. */
  readonly names: boolean;
  /** What it answers its own people, the first time at least. */
  readonly answers: readonly number[];
  request(things: Things, picture: Buffer): RouteRequest;
}

/** Every route, in the order of its table; what removes things comes last. */
export function routesToAsk(): Route[] {
  const routes = Object.entries(routeAccess).map(([entry, asked]) => routeOf(entry, asked));
  const isLast = ({ method }: Route) => Number(method === 'DELETE');
  return routes.toSorted((a, b) => isLast(a) - isLast(b));
}

const tus = { 'tus-resumable': '1.0.0' };
const noPicture = { raw: { type: 'image/png', bytes: Buffer.from('this is no picture') } };
const page = 'https://pictures.example.com/one.png';

type Details = Omit<RouteRequest, 'path'> & { readonly query?: string };

/** What a request carries besides its path: every route that takes a body is here. */
const details: Readonly<Record<string, (things: Things, picture: Buffer) => Details>> = {
  'POST /v1/assets': (_, bytes) => ({ raw: { type: 'image/png', bytes } }),
  'POST /v1/assets/import': () => ({ body: { url: page } }),
  'POST /v1/assets/presign': () => ({ body: { sizeBytes: 1, sha256: '0'.repeat(64) } }),
  'POST /v1/assets/:id/complete': () => ({}),
  'POST /v1/uploads': () => ({ headers: { ...tus, 'upload-length': '10' } }),
  'HEAD /v1/uploads/:id': () => ({ headers: tus }),
  'DELETE /v1/uploads/:id': () => ({ headers: tus }),
  'PATCH /v1/uploads/:id': () => ({ headers: { ...tus, 'upload-offset': '0' }, raw: piece }),
  'POST /v1/uploads/:id': () => ({
    headers: { ...tus, 'upload-offset': '0', 'x-http-method-override': 'PATCH' },
    raw: piece,
  }),
  'POST /v1/images/cutout': () => noPicture,
  'POST /v1/images/thumbnail': () => noPicture,
  'POST /v1/audio/analysis': () => noPicture,
  'POST /v1.0/removebg': () => noPicture,
  'GET /api/remove': () => ({ query: 'url=nowhere' }),
  'POST /api/remove': () => noPicture,
  'POST /v1/images/signed-urls': ({ asset }) => ({ body: { assetId: asset, widthPx: 10 } }),
  'POST /v1/jobs': ({ asset }) => ({ body: { processor: 'image.resize', inputs: [asset], params: { widthPx: 5 } } }),
  'POST /v1/jobs/:id/cancel': () => ({}),
  'POST /v1/jobs/:id/retry': () => ({}),
  'POST /v1/jobs/:id/outputs/:index/link': () => ({ body: {} }),
  'POST /v1/batches': ({ asset }) => ({
    body: { processor: 'image.resize', inputs: [[asset]], params: { widthPx: 6 } },
  }),
  'POST /v1/batches/:id/cancel': () => ({}),
  'POST /v1/batches/:id/retry': () => ({}),
  'POST /v1/pipelines': ({ asset }) => ({
    body: { steps: [{ id: 'a', processor: 'image.resize', inputs: [{ asset }], params: { widthPx: 7 } }] },
  }),
  'POST /v1/pipelines/:id/cancel': () => ({}),
  'POST /v1/pipelines/:id/retry': () => ({}),
  'POST /v1/templates': () => ({ body: templateCalled('a new one') }),
  'PUT /v1/templates/:id': () => ({ body: templateCalled('another name') }),
  'POST /v1/templates/:id/fill': () => ({ body: {} }),
  'POST /v1/schedules': ({ asset }) => ({
    body: { cron: '@yearly', paused: true, job: { processor: 'image.resize', inputs: [asset] } },
  }),
  'PATCH /v1/schedules/:id': () => ({ body: { cron: '@monthly' } }),
  'POST /v1/schedules/:id/run': () => ({}),
  'POST /v1/shares': ({ job }) => ({ body: { jobId: job, outputIndex: 0 } }),
  'PATCH /v1/members/:userId': () => ({ body: { role: 'viewer' } }),
  'POST /v1/invitations': () => ({ body: { email: 'somebody@example.com', role: 'viewer' } }),
  'POST /v1/invitations/open/:token/accept': () => ({}),
  'POST /v1/roles': () => ({ body: { name: 'a-new-role', permissions: ['jobs:read'] } }),
  'PUT /v1/roles/:name': () => ({ body: { permissions: ['jobs:read'] } }),
  'POST /v1/api-keys': () => ({ body: { name: 'a new key', scopes: ['jobs:read'] } }),
  'PATCH /v1/api-keys/:id': () => ({ body: { name: 'another name' } }),
  'POST /v1/api-keys/:id/rotate': () => ({ body: {} }),
  'PATCH /v1/tenants/current': () => ({ body: { resultTtlSeconds: null } }),
  'POST /v1/webhooks': () => ({ body: { url: 'https://hooks.example.com/', events: ['job.failed'] } }),
  'PATCH /v1/webhooks/:id': () => ({ body: { description: 'another' } }),
  'POST /v1/webhooks/signing-secret/rotate': () => ({}),
  'POST /v1/webhooks/deliveries/:id/replay': () => ({}),
  'POST /v1/webhooks/:id/rotate': () => ({}),
  'POST /v1/webhooks/:id/replay': () => ({ body: { since: '2026-01-01T00:00:00Z' } }),
  'POST /v1/webhooks/:id/test': () => ({}),
  'PUT /v1/privacy/consents': () => ({ body: { purpose: 'product-news', given: true } }),
  'POST /v1/privacy/exports': () => ({ body: { of: 'me' } }),
  'POST /v1/privacy/erasures': () => ({ body: { of: 'me', confirm: 'not my address' } }),
  'POST /v1/auth/tenant': ({ tenant }) => ({ body: { tenantId: tenant } }),
};

const piece = { type: 'application/offset+octet-stream', bytes: Buffer.from('x') };

/** Routes without an id in their path that name something in their body. */
const namesInBody = new Set([
  'POST /v1/images/signed-urls',
  'POST /v1/jobs',
  'POST /v1/batches',
  'POST /v1/pipelines',
  'POST /v1/schedules',
  'POST /v1/shares',
  'POST /v1/auth/tenant',
]);

const conflict = [409];
const refused = [400, 415, 422];

/** Where it is not 2xx: what is over cannot be cancelled, and no picture is no picture. It is found all the same. */
const answers: Readonly<Record<string, readonly number[]>> = {
  'GET /v1/uploads/endpoint': [307],
  // Another route has sent the same piece before.
  'PATCH /v1/uploads/:id': [204, 409],
  'POST /v1/uploads/:id': [204, 409],
  'POST /v1/jobs/:id/cancel': conflict,
  'POST /v1/jobs/:id/retry': conflict,
  'POST /v1/batches/:id/cancel': conflict,
  'POST /v1/batches/:id/retry': conflict,
  'POST /v1/pipelines/:id/cancel': conflict,
  'POST /v1/pipelines/:id/retry': conflict,
  'POST /v1/images/cutout': refused,
  'POST /v1/images/thumbnail': refused,
  'POST /v1/audio/analysis': refused,
  'POST /v1.0/removebg': refused,
  'GET /api/remove': refused,
  'POST /api/remove': refused,
  // It may not be made yet.
  'GET /v1/privacy/exports/:id/archive': [200, 409],
  'POST /v1/privacy/erasures': refused,
  // No invitation has this token.
  'POST /v1/invitations/open/:token/accept': [404],
};

/** What the first parameter of a path is the id of. The longest that fits counts. */
const kinds: Readonly<Record<string, string>> = {
  '/v1/assets': 'asset',
  '/v1/uploads': 'upload',
  '/v1/jobs': 'job',
  '/v1/batches': 'batch',
  '/v1/pipelines': 'pipeline',
  '/v1/templates': 'template',
  '/v1/schedules': 'schedule',
  '/v1/shares': 'share',
  '/v1/webhooks': 'webhook',
  '/v1/webhooks/deliveries': 'delivery',
  '/v1/members': 'member',
  '/v1/invitations': 'invitation',
  '/v1/roles': 'role',
  '/v1/api-keys': 'key',
  '/v1/privacy/exports': 'export',
  '/v1/privacy/erasures': 'erasure',
};

/** Parameters of addresses that ask for no permission; of these, forged ones are sent. */
const publicParameters: Readonly<Record<string, string>> = { assetId: 'asset', jobId: 'job', id: 'share' };

function routeOf(entry: string, asked: RouteAccess): Route {
  const [method = '', pattern = ''] = entry.split(' ');
  const parameter = pattern.indexOf('/:');
  const isForTenants = asked !== 'public' && !asked.startsWith('instance:');
  const isToken = pattern.includes('/:token');
  const kind = parameter < 0 || !isForTenants || isToken ? undefined : kinds[pattern.slice(0, parameter)];
  if (parameter >= 0 && isForTenants && !isToken && kind === undefined) {
    throw new Error(`${entry}: say in requests.ts what its parameter is the id of, and make one in things.ts`);
  }
  const detailsOf = details[entry];
  if (isForTenants && ['POST', 'PUT', 'PATCH'].includes(method) && detailsOf === undefined && !isOfSignIn(pattern)) {
    throw new Error(`${entry}: say in requests.ts what it is asked with`);
  }
  return {
    entry,
    method,
    asked,
    kind,
    names: kind !== undefined || namesInBody.has(entry),
    answers: answers[entry] ?? [200, 201, 202, 204],
    request(things, picture) {
      const { query, ...rest } =
        detailsOf?.(things, picture) ?? (isOfSignIn(pattern) && method === 'POST' ? { body: {} } : {});
      const path = pattern.replaceAll(/:(\w+)|\*/g, (_, name: string | undefined) => {
        if (name === 'index') return '0';
        return things[kind ?? publicParameters[name ?? ''] ?? ''] ?? 'x';
      });
      return { path: query === undefined ? path : `${path}?${query}`, ...rest };
    },
  };
}

/** What people do with their own account: no workspace is asked for anything. */
function isOfSignIn(pattern: string): boolean {
  return pattern.startsWith('/v1/auth/') && pattern !== '/v1/auth/tenant';
}
