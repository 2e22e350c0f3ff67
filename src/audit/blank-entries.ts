import { type Kysely, sql } from 'kysely';
import type { Database } from '#database/schema.ts';
import { chainOf } from './chain.ts';
import { sealActs } from './seal-acts.ts';

/** What a person can be known by in the record. */
export interface Traces {
  readonly userId: string;
  /** Addresses, names: wherever they stand. */
  readonly texts: readonly string[];
}

const blank = { content: null, salt: null, by_id: null };

/**
 * Takes the content from every entry that is by or about a person. That something happened, what and when stays, and so
 * does its hash: the chain can still be followed.
 *
 * @returns how many
 */
export async function blankPerson(db: Kysely<Database>, { userId, texts }: Traces): Promise<number> {
  await sealActs(db);
  const { numUpdatedRows } = await db
    .updateTable('audit_entries')
    .set(blank)
    .where('content', 'is not', null)
    .where((eb) =>
      eb.or([
        eb('by_id', '=', userId),
        ...[userId, ...texts].map((text) => sql<boolean>`position(${asWritten(text)} in lower(content)) > 0`),
      ]),
    )
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** Likewise for all that was done in a tenant. */
export async function blankTenant(db: Kysely<Database>, tenantId: string): Promise<number> {
  await sealActs(db);
  const { numUpdatedRows } = await db
    .updateTable('audit_entries')
    .set(blank)
    .where('content', 'is not', null)
    .where((eb) =>
      eb.or([eb('chain', '=', chainOf(tenantId)), sql<boolean>`position(${asWritten(tenantId)} in content) > 0`]),
    )
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** As it stands inside a text of JSON, in small letters. */
function asWritten(text: string): string {
  return JSON.stringify(text).slice(1, -1).toLowerCase();
}
