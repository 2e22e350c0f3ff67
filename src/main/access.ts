import type { Access } from '#accounts/access.ts';
import type { Identity } from '#accounts/identity/identity.ts';
import { createLastUses } from '#accounts/keys/last-uses.ts';
import { createSignedInAccess } from '#accounts/signed-in-access.ts';
import { createTokenUsers } from '#accounts/tokens/token-users.ts';
import { createTokenVerifier } from '#accounts/tokens/token-verifier.ts';
import { accessDeps } from './access-deps.ts';
import type { Parts } from './parts.ts';

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
