import { type Selectable, sql, type Transaction, type UpdateObject } from 'kysely';
import type { Database } from '#database/schema.ts';
import { AppError } from '#kernel/errors.ts';
import type { AccessDeps } from '../access-deps.ts';
import { type Acting, actOf } from '../acting.ts';
import { nameText } from '../name-text.ts';
import { isPermission, type Permission } from '../permissions.ts';
import type { Principal } from '../principal.ts';
import { secretHash } from '../random-text.ts';
import { checkCovers, holdTenant } from '../roles/role-permissions.ts';
import type { ApiKey, ApiKeyRequest, ApiKeys, NewApiKey } from './api-key.ts';
import { keyPrefix, newKeyId, newKeySecret, writeKey } from './key-text.ts';

type KeyRow = Selectable<Database['api_keys']>;
type KeyChanges = UpdateObject<Database, 'api_keys'>;
type Limits = Pick<ApiKeyRequest, 'expiresAt' | 'requestsPerMinute'>;

export interface KeyLimits {
  /** That are neither revoked nor over, in one tenant. */
  readonly maxKeys?: number;
}

const maxListed = 500;
const maxNameLength = 100;
/** How long revoked keys are shown. */
const revokedFor = sql<Date>`now() - interval '30 days'`;

export function createApiKeys({ tenantDb, fanOut, audit }: AccessDeps, { maxKeys = 100 }: KeyLimits = {}): ApiKeys {
  /** One transaction about one key that is not revoked, and then everybody is told. */
  async function change<T>(
    by: Acting,
    id: string,
    action: string,
    work: (trx: Transaction<Database>, row: KeyRow) => Promise<{ after: KeyRow; answer: T }>,
  ): Promise<T> {
    const { tenantId } = by.principal;
    const answer = await tenantDb.run(tenantId, async (trx) => {
      const row = await findKey(trx, tenantId, id);
      const { after, answer } = await work(trx, row);
      await audit.record(actOf(by, action, { kind: 'key', id }, { before: shown(row), after: shown(after) }), trx);
      return answer;
    });
    fanOut.tell('access-changed', [id]);
    return answer;
  }

  async function update(trx: Transaction<Database>, id: string, by: Principal, changes: KeyChanges): Promise<KeyRow> {
    return await trx
      .updateTable('api_keys')
      .set({ ...changes, updated_at: sql<Date>`now()`, updated_by: by.userId })
      .where('tenant_id', '=', by.tenantId)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
  }

  return {
    list: (tenantId) =>
      tenantDb.run(tenantId, async (trx) => {
        const rows = await trx
          .selectFrom('api_keys')
          .selectAll()
          .where('tenant_id', '=', tenantId)
          .where((eb) => eb.or([eb('revoked_at', 'is', null), eb('revoked_at', '>', revokedFor)]))
          .orderBy('created_at', 'desc')
          .orderBy('id')
          .limit(maxListed)
          .execute();
        return rows.map(toApiKey);
      }),

    async create(by, request) {
      const { principal } = by;
      const { tenantId, userId } = principal;
      const name = nameText('name', request.name, maxNameLength);
      const secret = newKeySecret();
      const row = await tenantDb.run(tenantId, async (trx) => {
        await holdTenant(trx, tenantId);
        await makeRoom(trx, tenantId, maxKeys);
        const made = await trx
          .insertInto('api_keys')
          .values({
            id: newKeyId(),
            tenant_id: tenantId,
            name,
            secret_hash: secretHash(secret),
            scopes: scopesText(principal, request.scopes),
            ...(await limitsOf(trx, principal, request)),
            created_by: userId,
            updated_by: userId,
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        const subject = { kind: 'key', id: made.id };
        await audit.record(actOf(by, 'key.created', subject, { after: shown(made) }), trx);
        return made;
      });
      // Somebody may have tried this id, and everybody remembers what was not there.
      fanOut.tell('access-changed', [row.id]);
      return withSecret(row, secret);
    },

    update: (by, id, changes) =>
      change(by, id, 'key.changed', async (trx, row) => {
        const { principal } = by;
        checkReach(principal, row);
        const { name, scopes, expiresAt, requestsPerMinute } = changes;
        const asksForMore = scopes !== undefined || expiresAt !== undefined || requestsPerMinute !== undefined;
        if (asksForMore && isItself(principal, row)) {
          throw new AppError('FORBIDDEN', 'A key cannot change what it may itself. Sign in, or use another key.');
        }
        const kept = { expiresAt: row.expires_at, requestsPerMinute: row.requests_per_minute };
        const asked = {
          ...kept,
          ...(expiresAt !== undefined && { expiresAt }),
          ...(requestsPerMinute !== undefined && { requestsPerMinute }),
        };
        const after = await update(trx, id, principal, {
          ...(name !== undefined && { name: nameText('name', name, maxNameLength) }),
          ...(scopes !== undefined && { scopes: scopesText(principal, scopes) }),
          ...(asksForMore && (await limitsOf(trx, principal, asked, kept.expiresAt))),
        });
        return { after, answer: toApiKey(after) };
      }),

    rotate: (by, id, overlapSeconds) =>
      change(by, id, 'key.rotated', async (trx, row) => {
        const { principal } = by;
        if (principal.kind === 'key' && !isItself(principal, row)) {
          throw new AppError('FORBIDDEN', 'A key can rotate itself alone: it would know the secret of another one.');
        }
        // Also one's own: a secret for what one may no longer must not be new.
        checkCovers(principal.permissions, row.scopes.filter(isPermission), 'This key');
        const secret = newKeySecret();
        const overlaps = overlapSeconds > 0;
        const after = await update(trx, id, principal, {
          secret_hash: secretHash(secret),
          previous_hash: overlaps ? row.secret_hash : null,
          previous_until: overlaps ? sql<Date>`now() + make_interval(secs => ${overlapSeconds})` : null,
          created_by: principal.userId,
        });
        return { after, answer: withSecret(after, secret) };
      }),

    revoke: (by, id) =>
      change(by, id, 'key.revoked', async (trx, row) => {
        checkReach(by.principal, row);
        const revoked = { revoked_at: sql<Date>`now()`, previous_hash: null, previous_until: null };
        return { after: await update(trx, id, by.principal, revoked), answer: undefined };
      }),
  };
}

async function findKey(trx: Transaction<Database>, tenantId: string, id: string): Promise<KeyRow> {
  const row = await trx
    .selectFrom('api_keys')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (row !== undefined) return row;
  throw new AppError('KEY_NOT_FOUND', 'There is no such key, or it has been revoked. GET /v1/api-keys lists them.');
}

/** One's own, as a person, or one that may no more than oneself. */
function checkReach(principal: Principal, row: KeyRow): void {
  if (principal.kind !== 'key' && row.created_by === principal.userId) return;
  checkCovers(principal.permissions, row.scopes.filter(isPermission), 'This key');
}

function isItself({ kind, credentialId }: Principal, row: KeyRow): boolean {
  return kind === 'key' && credentialId === row.id;
}

function scopesText(principal: Principal, scopes: readonly Permission[]): string {
  checkCovers(principal.permissions, scopes, 'The key');
  return JSON.stringify([...new Set(scopes)].sort());
}

/** @param kept what the key has already, which may be in the past */
async function limitsOf(trx: Transaction<Database>, principal: Principal, asked: Limits, kept?: Date | null) {
  const { expiresAt = null, requestsPerMinute = null } = asked;
  if (expiresAt !== null && expiresAt.getTime() !== kept?.getTime() && expiresAt.getTime() <= Date.now()) {
    throw new AppError('INVALID_PARAMETERS', 'expiresAt is in the past: the key could never be used.');
  }
  if (principal.kind !== 'key') return { expires_at: expiresAt, requests_per_minute: requestsPerMinute };
  const own = await findKey(trx, principal.tenantId, principal.credentialId);
  return {
    expires_at: least(expiresAt, own.expires_at),
    requests_per_minute: least(requestsPerMinute, own.requests_per_minute),
  };
}

/** Null: no limit. */
function least<T extends number | Date>(a: T | null, b: T | null): T | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}

/** @throws AppError KEY_LIMIT */
async function makeRoom(trx: Transaction<Database>, tenantId: string, maxKeys: number): Promise<void> {
  await trx.deleteFrom('api_keys').where('tenant_id', '=', tenantId).where('revoked_at', '<=', revokedFor).execute();
  const { count } = await trx
    .selectFrom('api_keys')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('tenant_id', '=', tenantId)
    .where('revoked_at', 'is', null)
    .executeTakeFirstOrThrow();
  if (count < maxKeys) return;
  throw new AppError('KEY_LIMIT', `There are ${maxKeys} keys, the limit. Revoke some that nothing uses.`);
}

function toApiKey(row: KeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    prefix: keyPrefix(row.id),
    scopes: row.scopes.filter(isPermission),
    createdAt: row.created_at,
    createdBy: row.created_by,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    requestsPerMinute: row.requests_per_minute,
    revokedAt: row.revoked_at,
    previousUntil: row.previous_until !== null && row.previous_until.getTime() > Date.now() ? row.previous_until : null,
  };
}

function withSecret(row: KeyRow, secret: string): NewApiKey {
  return { ...toApiKey(row), key: writeKey({ id: row.id, secret }) };
}

/** What may be on record of it. */
function shown(row: KeyRow): Record<string, unknown> {
  const { name, scopes, created_by: createdBy, expires_at: expiresAt, requests_per_minute: requestsPerMinute } = row;
  const revokedAt = row.revoked_at;
  return { name, scopes, createdBy, expiresAt, requestsPerMinute, ...(revokedAt !== null && { revokedAt }) };
}
