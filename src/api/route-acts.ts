import type { Principal } from '#accounts/principal.ts';
import type { RouteDeps } from './deps.ts';

/** What of a successful request is put on record. */
export interface RouteAct {
  readonly action: string;
  readonly kind: string;
  /** Where the subject's id stands: a parameter of the address, a member of the answer, or of the body. Default: `id` of the address. */
  readonly id?: { readonly of: 'params' | 'answer' | 'body'; readonly name: string };
  /** What of the body is told. */
  readonly after?: readonly string[];
  /** What was there before. */
  readonly before?: (deps: RouteDeps, actor: Principal, id: string) => Promise<Record<string, unknown>>;
}

/**
 * For each route that changes something or gives a secret away, what stands on record of it; `service`: who does the work
 * records it, in the same transaction, with what was there before; `none`: making pictures and sound, which the rows of uploads
 * and jobs tell of themselves. A test fails for a route that is missing here.
 */
export const routeActs: Readonly<Record<string, RouteAct | 'service' | 'none'>> = {
  'PUT /v1/ops/limits': 'service',

  'POST /v1/assets': 'none',
  'POST /v1/assets/import': 'none',
  'POST /v1/assets/presign': 'none',
  'POST /v1/assets/:id/complete': 'none',
  'DELETE /v1/assets/:id': {
    action: 'asset.removed',
    kind: 'asset',
    // Not its name: that may say more of a person than the record needs.
    before: async ({ assets }, actor, id) => pick(await assets.get(actor, id), ['mediaType', 'sizeBytes']),
  },
  'POST /v1/uploads': 'none',
  'POST /v1/uploads/:id': 'none',
  'PATCH /v1/uploads/:id': 'none',
  'DELETE /v1/uploads/:id': { action: 'upload.removed', kind: 'upload' },

  'POST /v1/images/cutout': 'none',
  'POST /v1/images/thumbnail': 'none',
  'POST /v1/audio/analysis': 'none',
  'POST /v1.0/removebg': 'none',
  'POST /api/remove': 'none',
  'POST /v1/images/signed-urls': {
    action: 'link.created',
    kind: 'asset',
    id: { of: 'body', name: 'assetId' },
  },

  'POST /v1/jobs': 'none',
  'DELETE /v1/jobs/:id': {
    action: 'job.removed',
    kind: 'job',
    before: async ({ jobs }, actor, id) => pick(await jobs.get(actor, id), ['processor', 'status']),
  },
  'POST /v1/jobs/:id/cancel': 'none',
  'POST /v1/jobs/:id/retry': 'none',
  'POST /v1/jobs/:id/outputs/:index/link': { action: 'link.created', kind: 'job' },
  'POST /v1/batches': 'none',
  'DELETE /v1/batches/:id': {
    action: 'batch.removed',
    kind: 'batch',
    before: async ({ batches }, actor, id) => pick(await batches.get(actor, id), ['processor', 'status', 'counts']),
  },
  'POST /v1/batches/:id/cancel': 'none',
  'POST /v1/batches/:id/retry': 'none',
  'POST /v1/pipelines': 'none',
  'DELETE /v1/pipelines/:id': {
    action: 'pipeline.removed',
    kind: 'pipeline',
    before: async ({ pipelines }, actor, id) => pick(await pipelines.get(actor, id), ['status']),
  },
  'POST /v1/pipelines/:id/cancel': 'none',
  'POST /v1/pipelines/:id/retry': 'none',

  // Every version is kept: its number says what there was.
  'POST /v1/templates': { action: 'template.created', kind: 'template', id: { of: 'answer', name: 'id' } },
  'PUT /v1/templates/:id': { action: 'template.changed', kind: 'template', before: templateBefore },
  'DELETE /v1/templates/:id': { action: 'template.removed', kind: 'template', before: templateBefore },
  'POST /v1/templates/:id/fill': 'none',

  'POST /v1/schedules': {
    action: 'schedule.created',
    kind: 'schedule',
    id: { of: 'answer', name: 'id' },
    after: ['name', 'cron', 'timeZone', 'overlap', 'paused'],
  },
  'PATCH /v1/schedules/:id': {
    action: 'schedule.changed',
    kind: 'schedule',
    after: ['name', 'cron', 'timeZone', 'overlap', 'paused'],
    before: scheduleBefore,
  },
  'DELETE /v1/schedules/:id': { action: 'schedule.removed', kind: 'schedule', before: scheduleBefore },
  'POST /v1/schedules/:id/run': { action: 'schedule.run', kind: 'schedule' },

  'POST /v1/shares': {
    action: 'share.created',
    kind: 'share',
    id: { of: 'answer', name: 'id' },
    after: ['jobId', 'outputIndex', 'expiresInSeconds'],
  },
  'DELETE /v1/shares/:id': { action: 'share.revoked', kind: 'share' },

  'PATCH /v1/members/:userId': 'service',
  'DELETE /v1/members/:userId': 'service',
  'DELETE /v1/members/me': 'service',
  'POST /v1/invitations': 'service',
  'DELETE /v1/invitations/:id': 'service',
  'POST /v1/invitations/open/:token/accept': 'service',
  'POST /v1/roles': 'service',
  'PUT /v1/roles/:name': 'service',
  'DELETE /v1/roles/:name': 'service',
  'POST /v1/api-keys': 'service',
  'PATCH /v1/api-keys/:id': 'service',
  'POST /v1/api-keys/:id/rotate': 'service',
  'DELETE /v1/api-keys/:id': 'service',
  'POST /v1/tenants': 'service',
  'PATCH /v1/tenants/:id': 'service',
  'PATCH /v1/tenants/current': 'service',

  'POST /v1/webhooks': {
    action: 'webhook.created',
    kind: 'webhook',
    id: { of: 'answer', name: 'id' },
    after: ['url', 'events', 'active'],
  },
  'PATCH /v1/webhooks/:id': {
    action: 'webhook.changed',
    kind: 'webhook',
    after: ['url', 'events', 'active'],
    before: webhookBefore,
  },
  'DELETE /v1/webhooks/:id': { action: 'webhook.removed', kind: 'webhook', before: webhookBefore },
  'GET /v1/webhooks/:id/secret': { action: 'webhook.secret-read', kind: 'webhook' },
  'POST /v1/webhooks/:id/rotate': { action: 'webhook.secret-rotated', kind: 'webhook' },
  'GET /v1/webhooks/signing-secret': { action: 'webhook.secret-read', kind: 'signing-secret' },
  'POST /v1/webhooks/signing-secret/rotate': { action: 'webhook.secret-rotated', kind: 'signing-secret' },
  'POST /v1/webhooks/:id/test': 'none',
  'POST /v1/webhooks/:id/replay': { action: 'webhook.replayed', kind: 'webhook' },
  'POST /v1/webhooks/deliveries/:id/replay': { action: 'webhook.replayed', kind: 'delivery' },

  'POST /v1/auth/tenant': 'none',
  'POST /v1/auth/revoke-session': { action: 'session.revoked', kind: 'session', id: { of: 'body', name: 'token' } },
  'POST /v1/auth/revoke-other-sessions': { action: 'session.revoked-others', kind: 'session' },
  'POST /v1/auth/change-password': 'service',
  'POST /v1/auth/update-user': 'none',
  'POST /v1/auth/send-verification-email': 'none',
  'POST /v1/auth/two-factor/enable': 'service',
  'POST /v1/auth/two-factor/disable': 'service',
  'POST /v1/auth/two-factor/generate-backup-codes': 'service',
  'POST /v1/auth/passkey/verify-registration': 'service',
  'POST /v1/auth/passkey/delete-passkey': 'service',
  'POST /v1/users': {
    action: 'person.added',
    kind: 'person',
    id: { of: 'answer', name: 'id' },
    after: ['email', 'operator'],
  },
  'PATCH /v1/users/:id': { action: 'person.changed', kind: 'person', after: ['operator', 'disabled'] },

  'POST /v1/plans': 'service',
  'PUT /v1/plans/:id': 'service',
  'DELETE /v1/plans/:id': 'service',
  'PUT /v1/tenants/:id/plan': 'service',

  'PUT /v1/privacy/consents': 'service',
  'POST /v1/privacy/exports': 'service',
  'GET /v1/privacy/exports/:id/archive': 'service',
  'POST /v1/privacy/erasures': 'service',
  'DELETE /v1/privacy/erasures/:id': 'service',

  'GET /v1/audit/export': { action: 'audit.exported', kind: 'audit' },
};

/** What of a body or a row may stand on record. Of addresses, nothing that could be a secret. */
export function pick(from: object, names: readonly string[]): Record<string, unknown> {
  const told = Object.entries(from).filter(([name, value]) => names.includes(name) && value !== undefined);
  return Object.fromEntries(told.map(([name, value]) => [name, name === 'url' ? withoutSecrets(value) : value]));
}

async function templateBefore({ templates }: RouteDeps, actor: Principal, id: string) {
  return pick(await templates.get(actor, id), ['name', 'version']);
}

async function scheduleBefore({ schedules }: RouteDeps, actor: Principal, id: string) {
  return pick(await schedules.get(actor, id), ['name', 'cron', 'timeZone', 'overlap', 'paused']);
}

async function webhookBefore({ webhooks }: RouteDeps, actor: Principal, id: string) {
  return pick(await webhooks.get(actor, id), ['url', 'events', 'active']);
}

/** Receivers are told apart by keys in the query. */
function withoutSecrets(url: unknown): unknown {
  if (typeof url !== 'string' || !URL.canParse(url)) return undefined;
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
