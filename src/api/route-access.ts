import type { Permission } from '#accounts/permissions.ts';

/**
 * What a route asks of who calls it: a permission; `public`, nothing (the route may have its own proof, such as a signed
 * address); `member`, to be signed in, as a person or by a key; `person`, to be signed in as a person.
 */
export type RouteAccess = Permission | 'public' | 'member' | 'person';

/**
 * Every route and what it asks: the one place where this is decided. A route that is not here stops the start, and a
 * test fails for an entry without a route.
 */
export const routeAccess: Readonly<Record<string, RouteAccess>> = {
  // The server itself
  'GET /livez': 'public',
  'GET /readyz': 'public',
  'GET /health': 'instance:read',
  'GET /metrics': 'instance:read',
  'GET /v1/ops/queues': 'instance:read',
  'GET /v1/ops/limits': 'instance:read',
  'PUT /v1/ops/limits': 'instance:write',
  'GET /openapi.json': 'public',
  'GET /docs': 'public',
  'GET /problems/:code': 'public',

  // The studio's files; what it shows comes from the routes below.
  'GET /': 'public',
  'GET /thumbnails': 'public',
  'GET /masks': 'public',
  'GET /audio': 'public',
  'GET /audio/:id': 'public',
  'GET /batches': 'public',
  'GET /batches/:id': 'public',
  'GET /jobs': 'public',
  'GET /webhooks': 'public',
  'GET /sign-in': 'public',
  'GET /forgot-password': 'public',
  'GET /reset-password': 'public',
  'GET /setup': 'public',
  'GET /join': 'public',
  'GET /account': 'public',
  'GET /account/:section': 'public',
  'GET /workspace': 'public',
  'GET /workspace/:section': 'public',
  'GET /server': 'public',
  'GET /server/:section': 'public',
  'GET /icon.svg': 'public',
  'GET /assets/*': 'public',
  'GET /samples/*': 'public',

  // Signed addresses
  'GET /i/:signature/:options/:assetId': 'public',
  'GET /o/:signature/:expires/:jobId/:index/:name': 'public',
  'GET /s/:id/:signature': 'public',

  // Signing in. These have proof of their own: a password, a code, a link, a passkey.
  'GET /v1/auth/me': 'public',
  'POST /v1/auth/setup': 'public',
  'POST /v1/auth/sign-in/email': 'public',
  'POST /v1/auth/sign-in/oauth2': 'public',
  'GET /v1/auth/callback/:id': 'public',
  'POST /v1/auth/sign-up/email': 'public',
  'POST /v1/auth/sign-out': 'public',
  'POST /v1/auth/request-password-reset': 'public',
  'POST /v1/auth/reset-password': 'public',
  'GET /v1/auth/verify-email': 'public',
  'POST /v1/auth/two-factor/verify-totp': 'public',
  'POST /v1/auth/two-factor/verify-backup-code': 'public',
  'GET /v1/auth/passkey/generate-authenticate-options': 'public',
  'POST /v1/auth/passkey/verify-authentication': 'public',

  // One's own account
  'POST /v1/auth/tenant': 'person',
  'GET /v1/auth/list-sessions': 'person',
  'POST /v1/auth/revoke-session': 'person',
  'POST /v1/auth/revoke-other-sessions': 'person',
  'POST /v1/auth/change-password': 'person',
  'POST /v1/auth/update-user': 'person',
  'POST /v1/auth/send-verification-email': 'person',
  'POST /v1/auth/two-factor/enable': 'person',
  'POST /v1/auth/two-factor/disable': 'person',
  'POST /v1/auth/two-factor/generate-backup-codes': 'person',
  'GET /v1/auth/passkey/generate-register-options': 'person',
  'POST /v1/auth/passkey/verify-registration': 'person',
  'GET /v1/auth/passkey/list-user-passkeys': 'person',
  'POST /v1/auth/passkey/delete-passkey': 'person',

  'GET /v1/users': 'instance:read',
  'POST /v1/users': 'instance:write',
  'PATCH /v1/users/:id': 'instance:write',

  // What this server can do
  'GET /v1/processors': 'member',
  'GET /v1/presets': 'member',
  'GET /v1/models': 'member',
  'GET /v1/events': 'jobs:read',

  'GET /v1/assets': 'assets:read',
  'POST /v1/assets': 'assets:write',
  'POST /v1/assets/import': 'assets:write',
  'POST /v1/assets/presign': 'assets:write',
  'GET /v1/assets/:id': 'assets:read',
  'GET /v1/assets/:id/content': 'assets:read',
  'POST /v1/assets/:id/complete': 'assets:write',
  'DELETE /v1/assets/:id': 'assets:write',

  // What it accepts is said to everybody: a browser asks before it sends who it is.
  'OPTIONS /v1/uploads': 'public',
  'OPTIONS /v1/uploads/:id': 'public',
  'GET /v1/uploads/endpoint': 'member',
  'POST /v1/uploads': 'assets:write',
  'POST /v1/uploads/:id': 'assets:write',
  'HEAD /v1/uploads/:id': 'assets:write',
  'PATCH /v1/uploads/:id': 'assets:write',
  'DELETE /v1/uploads/:id': 'assets:write',

  // Work. One call brings its files with it.
  'POST /v1/images/cutout': 'jobs:write',
  'POST /v1/images/thumbnail': 'jobs:write',
  'POST /v1/audio/analysis': 'jobs:write',
  'POST /v1.0/removebg': 'jobs:write',
  'GET /v1.0/account': 'jobs:read',
  'GET /api/remove': 'jobs:write',
  'POST /api/remove': 'jobs:write',
  'POST /v1/images/signed-urls': 'shares:write',

  // What may be used, and what is
  'GET /v1/plans': 'member',
  'POST /v1/plans': 'instance:write',
  'PUT /v1/plans/:id': 'instance:write',
  'DELETE /v1/plans/:id': 'instance:write',
  'PUT /v1/tenants/:id/plan': 'instance:write',
  'GET /v1/usage': 'usage:read',

  'GET /v1/jobs': 'jobs:read',
  'POST /v1/jobs': 'jobs:write',
  'GET /v1/jobs/:id': 'jobs:read',
  'DELETE /v1/jobs/:id': 'jobs:write',
  'POST /v1/jobs/:id/cancel': 'jobs:write',
  'POST /v1/jobs/:id/retry': 'jobs:write',
  'GET /v1/jobs/:id/outputs/:index': 'jobs:read',
  'POST /v1/jobs/:id/outputs/:index/link': 'jobs:read',

  'GET /v1/batches': 'jobs:read',
  'POST /v1/batches': 'jobs:write',
  'GET /v1/batches/:id': 'jobs:read',
  'DELETE /v1/batches/:id': 'jobs:write',
  'GET /v1/batches/:id/items': 'jobs:read',
  'GET /v1/batches/:id/archive': 'jobs:read',
  'POST /v1/batches/:id/cancel': 'jobs:write',
  'POST /v1/batches/:id/retry': 'jobs:write',

  'GET /v1/pipelines': 'jobs:read',
  'POST /v1/pipelines': 'jobs:write',
  'GET /v1/pipelines/:id': 'jobs:read',
  'DELETE /v1/pipelines/:id': 'jobs:write',
  'POST /v1/pipelines/:id/cancel': 'jobs:write',
  'POST /v1/pipelines/:id/retry': 'jobs:write',

  'GET /v1/templates': 'templates:read',
  'POST /v1/templates': 'templates:write',
  'GET /v1/templates/schema': 'templates:read',
  'GET /v1/templates/:id': 'templates:read',
  'PUT /v1/templates/:id': 'templates:write',
  'DELETE /v1/templates/:id': 'templates:write',
  'GET /v1/templates/:id/versions': 'templates:read',
  'POST /v1/templates/:id/fill': 'templates:read',

  'GET /v1/schedules': 'schedules:read',
  'POST /v1/schedules': 'schedules:write',
  'GET /v1/schedules/:id': 'schedules:read',
  'PATCH /v1/schedules/:id': 'schedules:write',
  'DELETE /v1/schedules/:id': 'schedules:write',
  'POST /v1/schedules/:id/run': 'schedules:write',

  'GET /v1/shares': 'shares:read',
  'POST /v1/shares': 'shares:write',
  'DELETE /v1/shares/:id': 'shares:write',

  // What is of the whole workspace asks for privacy:write besides.
  'GET /v1/privacy': 'person',
  'PUT /v1/privacy/consents': 'person',
  'POST /v1/privacy/exports': 'person',
  'GET /v1/privacy/exports/:id': 'person',
  'GET /v1/privacy/exports/:id/archive': 'person',
  'POST /v1/privacy/erasures': 'person',
  'DELETE /v1/privacy/erasures/:id': 'person',

  'GET /v1/audit': 'audit:read',
  'GET /v1/audit/export': 'audit:read',
  'GET /v1/audit/verify': 'audit:read',

  'GET /v1/members': 'members:read',
  'PATCH /v1/members/:userId': 'members:write',
  'DELETE /v1/members/:userId': 'members:write',
  // Everybody may leave, by themselves.
  'DELETE /v1/members/me': 'person',
  'GET /v1/invitations': 'members:read',
  'POST /v1/invitations': 'members:write',
  'DELETE /v1/invitations/:id': 'members:write',
  // Whoever has the link may see what it is for.
  'GET /v1/invitations/open/:token': 'public',
  'POST /v1/invitations/open/:token/accept': 'person',
  'GET /v1/roles': 'roles:read',
  'POST /v1/roles': 'roles:write',
  'PUT /v1/roles/:name': 'roles:write',
  'DELETE /v1/roles/:name': 'roles:write',
  'GET /v1/api-keys': 'keys:read',
  'POST /v1/api-keys': 'keys:write',
  'PATCH /v1/api-keys/:id': 'keys:write',
  'POST /v1/api-keys/:id/rotate': 'keys:write',
  'DELETE /v1/api-keys/:id': 'keys:write',
  'GET /v1/tenants/current': 'tenant:read',
  'PATCH /v1/tenants/current': 'tenant:write',
  'GET /v1/tenants': 'instance:read',
  'POST /v1/tenants': 'instance:write',
  'PATCH /v1/tenants/:id': 'instance:write',

  // Secrets are for those who may change them.
  'GET /v1/webhooks': 'webhooks:read',
  'POST /v1/webhooks': 'webhooks:write',
  'GET /v1/webhooks/signing-secret': 'webhooks:write',
  'POST /v1/webhooks/signing-secret/rotate': 'webhooks:write',
  'GET /v1/webhooks/deliveries': 'webhooks:read',
  'GET /v1/webhooks/deliveries/:id': 'webhooks:read',
  'POST /v1/webhooks/deliveries/:id/replay': 'webhooks:write',
  'GET /v1/webhooks/:id': 'webhooks:read',
  'PATCH /v1/webhooks/:id': 'webhooks:write',
  'DELETE /v1/webhooks/:id': 'webhooks:write',
  'GET /v1/webhooks/:id/secret': 'webhooks:write',
  'POST /v1/webhooks/:id/rotate': 'webhooks:write',
  'POST /v1/webhooks/:id/replay': 'webhooks:write',
  'POST /v1/webhooks/:id/test': 'webhooks:write',
  'GET /v1/webhooks/:id/deliveries': 'webhooks:read',
};

/** @param method of the request; HEAD asks what GET does, where it has no entry of its own */
export function accessOf(method: string, url: string): RouteAccess | undefined {
  // The files of the page that shows the API.
  if (url.startsWith('/docs/')) return 'public';
  return routeAccess[`${method} ${url}`] ?? (method === 'HEAD' ? routeAccess[`GET ${url}`] : undefined);
}
