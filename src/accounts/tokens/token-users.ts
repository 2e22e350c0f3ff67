import { AppError } from '#kernel/errors.ts';
import type { AccessDeps } from '../access-deps.ts';
import { createKnown } from '../known.ts';
import { addMember } from '../members/membership-service.ts';
import { countRows, findRole, holdTenant } from '../roles/role-permissions.ts';
import type { TokenUsers } from '../signed-in-access.ts';
import { tokenUserId } from './token-user-id.ts';
import type { TokenVerifier, VerifiedToken } from './token-verifier.ts';

export interface TokenUsersOptions {
  readonly issuer: string;
  /** Of those who come for the first time. */
  readonly role: string;
  readonly verify: TokenVerifier;
  readonly maxMembers?: number;
}

interface KnownToken {
  readonly tenantId: string;
  readonly userId: string;
  readonly expiresAtMs: number;
}

/** Of tokens that are known to be true; how long they are is bounded by what a request may carry. */
const maxTokens = 5_000;
const ttlMs = 60_000;

/**
 * Those for whom an outside identity provider speaks. Whoever comes to a workspace for the first time becomes a member of
 * it; from then on they are one like others, who may get another role, or be removed, and then no token lets them in.
 */
export function createTokenUsers(deps: AccessDeps, options: TokenUsersOptions): TokenUsers {
  const { issuer, verify } = options;
  const known = createKnown<KnownToken>({ ttlMs, maxEntries: maxTokens, maxMissing: 0, ask });

  async function ask(token: string): Promise<KnownToken> {
    const verified = await verify(token);
    const userId = tokenUserId(issuer, verified.subject);
    await admit(deps, options, userId, verified);
    return { tenantId: verified.tenantId, userId, expiresAtMs: verified.expiresAtMs };
  }

  return {
    async find(token) {
      const user = (await known.get(token)) ?? (await ask(token));
      if (Date.now() < user.expiresAtMs + 5_000) return user;
      throw new AppError('UNAUTHENTICATED', 'The token has expired. Sign in again.');
    },
  };
}

async function admit(
  { db, tenantDb, fanOut, audit }: AccessDeps,
  { issuer, role, maxMembers = 1_000 }: TokenUsersOptions,
  userId: string,
  verified: VerifiedToken,
): Promise<void> {
  const { tenantId, subject } = verified;
  const [email, name] = [verified.email ?? null, verified.name ?? null];
  const seen = await db
    .selectFrom('token_users')
    .select(['email', 'name'])
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  if (seen !== undefined && seen.email === email && seen.name === name) return;
  if (seen !== undefined) {
    await tenantDb.run(tenantId, (trx) =>
      trx
        .updateTable('token_users')
        .set({ email, name })
        .where('tenant_id', '=', tenantId)
        .where('user_id', '=', userId)
        .execute(),
    );
    return;
  }
  await tenantDb.run(tenantId, async (trx) => {
    await holdTenant(trx, tenantId).catch((cause) => noSuchWorkspace(cause));
    await findRole(trx, tenantId, role).catch((cause) => noSuchWorkspace(cause));
    if ((await countRows(trx, 'members', tenantId)) >= maxMembers) {
      throw new AppError('MEMBER_LIMIT', `There are ${maxMembers} members, the limit.`);
    }
    const added = await trx
      .insertInto('token_users')
      .values({ tenant_id: tenantId, user_id: userId, issuer, subject, email, name })
      .onConflict((conflict) => conflict.doNothing())
      .returning('user_id')
      .executeTakeFirst();
    if (added === undefined || !(await addMember(trx, { tenantId, userId, role, by: userId }))) return;
    await audit.record(
      {
        tenantId,
        by: { kind: 'token', userId, credentialId: userId },
        action: 'member.joined',
        subject: { kind: 'member', id: userId },
        after: { email, role },
      },
      trx,
    );
  });
  fanOut.tell('access-changed', [userId]);
}

/** For the configuration to mend; whoever comes can do nothing. */
function noSuchWorkspace(cause: unknown): never {
  if (!(cause instanceof AppError) || cause.status >= 500) throw cause;
  throw new AppError('UNAUTHENTICATED', 'The token names a workspace or a role that this server does not have.', {
    cause,
  });
}
