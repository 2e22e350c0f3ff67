import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalOperator, operatorUserId } from '#accounts/identity/local-operator.ts';
import { createApiKeys } from '#accounts/keys/key-service.ts';
import { localPrincipal } from '#accounts/local-access.ts';
import { createSignedInAccess } from '#accounts/signed-in-access.ts';
import { openPGliteDatabase } from '#database/drivers/pglite/pglite-database.ts';
import { memoryFanOut } from '#events/drivers/memory/memory-fan-out.ts';
import { memoryRateLimiter } from '#limits/drivers/memory/memory-rate-limiter.ts';
import { createRequestLimits } from '#limits/request-limits.ts';

const rounds = 50_000;

/** What one decision costs in microseconds when all of it is known: who a key is of and what they may; how much they have used. */
export async function measureDecisions(): Promise<{ readonly accessUs: number; readonly limitUs: number }> {
  await using opened = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'esteira-bench-'));
  opened.defer(() => rm(dir, { recursive: true, force: true }));
  const { db, tenantDb, close } = await openPGliteDatabase({ dir: join(dir, 'database') });
  opened.defer(close);
  const fanOut = memoryFanOut();
  const keys = createApiKeys({ db, tenantDb, fanOut, audit: { record: async () => {} } });
  const principal = { ...localPrincipal, userId: operatorUserId };
  const { key } = await keys.create({ principal }, { name: 'bench', scopes: ['jobs:read'] });
  const access = createSignedInAccess({
    db,
    fanOut,
    identity: { session: async () => undefined, people: async () => [] },
    localOperator: createLocalOperator(),
    lastUses: { note: () => {} },
    tokens: undefined,
  });
  const limits = createRequestLimits({
    counts: memoryRateLimiter(),
    lasting: memoryRateLimiter(),
    modes: { allowed: (limit) => limit },
    plans: undefined,
    metrics: { refused: () => {} },
    perMinute: { ip: 100, user: 1e9 },
  });
  const source = { headers: { 'x-api-key': key }, method: 'GET', ip: '127.0.0.1' };
  const who = await access.authenticate(source);
  if (who === undefined) throw new Error('the key is not known');
  return {
    accessUs: await microseconds(() => access.authenticate(source)),
    limitUs: await microseconds(() => limits.principal(who)),
  };
}

async function microseconds(decide: () => Promise<unknown>): Promise<number> {
  for (let round = 0; round < rounds / 5; round += 1) await decide();
  const startMs = performance.now();
  for (let round = 0; round < rounds; round += 1) await decide();
  return ((performance.now() - startMs) / rounds) * 1_000;
}
