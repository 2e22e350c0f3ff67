import type { Kysely } from 'kysely';
import type { Database } from '#database/schema.ts';
import type { FanOut } from '#events/fan-out.ts';
import { AppError } from '#kernel/errors.ts';
import type { Access, CredentialSource } from './access.ts';
import type { Identity } from './identity/identity.ts';
import { type LocalOperator, operatorUserId } from './identity/local-operator.ts';
import { type KnownKey, keyFinder } from './keys/find-keys.ts';
import { isSecret, readKey } from './keys/key-text.ts';
import type { LastUses } from './keys/last-uses.ts';
import { createKnown } from './known.ts';
import type { Membership } from './members/membership.ts';
import { membershipsOf } from './members/membership-service.ts';
import { type Permission, permissions } from './permissions.ts';
import { noTenantId, type Principal } from './principal.ts';
import { isTokenUser } from './tokens/token-user-id.ts';

export interface SignedInAccessDeps {
  readonly db: Kysely<Database>;
  readonly fanOut: Pick<FanOut, 'on'>;
  readonly identity: Pick<Identity, 'session' | 'people'>;
  readonly localOperator: LocalOperator;
  readonly lastUses: Pick<LastUses, 'note'>;
  /** Undefined: no outside identity provider speaks for anybody. */
  readonly tokens: TokenUsers | undefined;
}

/** Those for whom an outside identity provider speaks. */
export interface TokenUsers {
  /** @throws AppError UNAUTHENTICATED for a token that is wrong, over, or of somebody who may not come in */
  find(token: string): Promise<TokenUser>;
}

export interface TokenUser {
  readonly tenantId: string;
  readonly userId: string;
}

export interface SignedInAccess extends Access {
  close(): void;
}

/** Somebody's workspaces, and whether they run this server. */
interface KnownUser {
  readonly memberships: readonly Membership[];
  readonly operator: boolean;
}

const nobody: KnownUser = { memberships: [], operator: false };

const instancePermissions = permissions.filter((permission) => permission.startsWith('instance:'));

/** What is not told of, such as after a process died between its change and its word, holds no longer than this. */
const ttlMs = 60_000;
const limits = { ttlMs, maxEntries: 20_000, maxMissing: 20_000 };

/**
 * Finds out who asks where people sign in: by a key (`Authorization: Bearer esteira_…` or `X-Api-Key`), by the token of an
 * outside identity provider (`Authorization: Bearer`), or by the cookie of a session. What a request says in a header goes
 * before what the browser adds by itself; two different keys are a mistake.
 *
 * What is known of keys and users is kept in memory and forgotten, in all processes, when it changes.
 */
export function createSignedInAccess(deps: SignedInAccessDeps): SignedInAccess {
  const { db, identity, localOperator, lastUses, tokens } = deps;
  const keys = createKnown<KnownKey>({ ...limits, ask: keyFinder(db) });
  const users = createKnown<KnownUser>({ ...limits, ask: askUser });

  const stop = deps.fanOut.on('access-changed', (told) => {
    const ids = new Set(told);
    const everything = ids.size === 0;
    keys.forget(everything ? undefined : (id, key) => ids.has(id) || ids.has(key.tenantId));
    users.forget(
      everything ? undefined : (id, { memberships }) => ids.has(id) || memberships.some((one) => ids.has(one.tenantId)),
    );
  });

  async function askUser(id: string): Promise<KnownUser> {
    const [memberships, [person]] = await Promise.all([membershipsOf(db, id), identity.people([id])]);
    // Those of an outside identity provider are no people of ours.
    const isThere = person === undefined ? isTokenUser(id) : person.disabledAt === null;
    return isThere ? { memberships, operator: person?.operator === true } : nobody;
  }

  /** @returns undefined for somebody who does not belong to the tenant */
  async function permissionsIn(tenantId: string, userId: string): Promise<ReadonlySet<Permission> | undefined> {
    // A key that was made by whoever owns the machine holds until it is revoked.
    if (userId === operatorUserId) return new Set(permissions);
    const user = await users.get(userId);
    const membership = user?.memberships.find((one) => one.tenantId === tenantId);
    return membership && new Set([...membership.permissions, ...(user?.operator ? instancePermissions : [])]);
  }

  async function byKey(text: string): Promise<Principal> {
    const given = readKey(text);
    const key = given && (await keys.get(given.id));
    if (given === undefined || key === undefined) throw unauthenticated('This API key is not valid.');
    const nowMs = Date.now();
    const isCurrent = isSecret(given.secret, key.secretHash);
    const isPrevious = key.previous !== undefined && isSecret(given.secret, key.previous.hash);
    if (!isCurrent && !(isPrevious && nowMs < key.previous.untilMs))
      throw unauthenticated('This API key is not valid.');
    if (nowMs >= key.expiresAtMs) throw unauthenticated('This API key has expired. Make a new one.');
    const held = await permissionsIn(key.tenantId, key.createdBy);
    if (held === undefined) {
      throw unauthenticated('Whoever answered for this API key has left the workspace. Make a new one.');
    }
    lastUses.note(key.id);
    return {
      tenantId: key.tenantId,
      userId: key.createdBy,
      kind: 'key',
      credentialId: key.id,
      permissions: new Set(key.scopes.filter((scope) => held.has(scope))),
      requestsPerMinute: key.requestsPerMinute,
    };
  }

  async function byToken(token: string): Promise<Principal> {
    if (tokens === undefined) throw unauthenticated('This is no API key, and no other tokens are taken here.');
    const { tenantId, userId } = await tokens.find(token);
    const held = await permissionsIn(tenantId, userId);
    if (held === undefined) throw unauthenticated('You were removed from the workspace.');
    return { tenantId, userId, kind: 'token', credentialId: userId, permissions: held };
  }

  async function bySession(source: CredentialSource): Promise<Principal | undefined> {
    const session = await identity.session(source.headers);
    if (session === undefined) return undefined;
    checkSameOrigin(source);
    const { userId, sessionId } = session;
    const user = await users.get(userId);
    const memberships = user?.memberships ?? [];
    const membership = memberships.find(({ tenantId }) => tenantId === session.tenantId) ?? memberships[0];
    return {
      tenantId: membership?.tenantId ?? noTenantId,
      userId,
      kind: 'user',
      credentialId: sessionId,
      permissions: new Set([...(membership?.permissions ?? []), ...(user?.operator ? instancePermissions : [])]),
    };
  }

  return {
    async authenticate(source) {
      const credential = explicitCredential(source);
      if (credential === undefined) return await bySession(source);
      if (credential.startsWith('operator_')) {
        const principal = localOperator.authenticate(source);
        if (principal !== undefined) return principal;
        throw unauthenticated('This token of the command line is not valid here.');
      }
      return credential.split('.').length === 3 ? await byToken(credential) : await byKey(credential);
    },
    close: stop,
  };
}

/** What a request says of itself, in either header. @throws AppError BAD_REQUEST for two that differ */
function explicitCredential({ headers }: CredentialSource): string | undefined {
  const bearer = /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  const apiKey = headers['x-api-key'];
  if (typeof apiKey !== 'string' || apiKey === '') return bearer;
  if (bearer === undefined || bearer === apiKey) return apiKey;
  throw new AppError('BAD_REQUEST', 'Authorization and X-Api-Key carry different credentials. Send one of them.');
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A cookie comes with whatever a browser sends, whoever made it do so: what changes anything must say that it comes from a
 * page of this server. That an Origin is ours, or in the list, has been checked before.
 */
function checkSameOrigin({ method, headers }: CredentialSource): void {
  if (safeMethods.has(method) || headers.origin !== undefined || headers['sec-fetch-site'] === 'same-origin') return;
  throw new AppError(
    'ORIGIN_NOT_ALLOWED',
    'A request that changes something and is signed in by a cookie needs an Origin header. Programs use API keys.',
  );
}

function unauthenticated(detail: string): AppError {
  return new AppError('UNAUTHENTICATED', detail);
}
