import type { Kysely } from 'kysely';
import type { Database } from '#database/schema.ts';
import { addressLimits } from './request-limits.ts';

export interface HeldKey {
  readonly key: string;
  readonly used: number;
  readonly seconds: number;
}

const maxKeys = 10_000;

/** Addresses that were blocked and still are, as the database knows them; for a process that counts in memory. */
export async function heldKeys(db: Kysely<Database>): Promise<HeldKey[]> {
  const nowMs = Date.now();
  const rows = await db
    .selectFrom('rate_limits')
    .select(['key', 'points', 'expire'])
    .where('expire', '>', nowMs)
    .where((is) => is.or(addressLimits.map((limit) => is('key', 'like', `${limit} %`))))
    .orderBy('expire', 'desc')
    .limit(maxKeys)
    .execute();
  return rows.map(({ key, points, expire }) => ({ key, used: points, seconds: Math.ceil((expire - nowMs) / 1_000) }));
}
