import type { Access } from '#accounts/access.ts';
import type { AccessDeps } from '#accounts/access-deps.ts';
import type { Identity } from '#accounts/identity/identity.ts';
import { createLastUses } from '#accounts/keys/last-uses.ts';
import { createSignedInAccess } from '#accounts/signed-in-access.ts';
import { createTokenUsers } from '#accounts/tokens/token-users.ts';
import { createTokenVerifier } from '#accounts/tokens/token-verifier.ts';
import { openAudit } from './audit.ts';
import type { Parts } from './parts.ts';

/** What the services stand on that know who belongs where and may what. */
export function accessDeps(parts: Parts): AccessDeps {
  const { database, fanOut } = parts.engines;
  return { db: database.db, tenantDb: database.tenantDb, fanOut, audit: openAudit(parts) };
}

/** Finds out who asks, where people sign in. */
export function openAccess(parts: Parts, identity: Identity, opened: AsyncDisposableStack): Access {
  const { config, engines, localOperator, log } = parts;
  const { tokens } = config.accounts;
  const { db } = engines.database;
  const lastUses = createLastUses(db, {
    onError: (err) => log.warn({ err }, 'when keys were last used is not written down yet; trying again'),
  });
  opened.defer(() => lastUses.close());
  const access = createSignedInAccess({
    db,
    fanOut: engines.fanOut,
    identity,
    localOperator,
    lastUses,
    tokens: tokens && createTokenUsers(accessDeps(parts), { ...tokens, verify: createTokenVerifier(tokens) }),
  });
  opened.defer(async () => access.close());
  return access;
}
