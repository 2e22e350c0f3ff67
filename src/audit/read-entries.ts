import type { Kysely, Selectable } from 'kysely';
import { sql } from 'kysely';
import type { AuditTables } from '#database/audit-tables.ts';
import { afterCursor, cursorOf } from '#database/cursor.ts';
import type { Database } from '#database/schema.ts';
import { isId } from '#kernel/ids.ts';
import type { ActContent, AuditEntry, AuditFilter } from './audit.ts';
import { chainOf } from './chain.ts';

const readAtOnce = 500;

export type NamelessEntry = Omit<AuditEntry, 'byName'>;

type Row = Pick<Selectable<AuditTables['audit_entries']>, 'id' | 'number' | 'at' | 'action' | 'content'>;

/** Newest first. @throws AppError BAD_REQUEST for a cursor that is none */
export async function listEntries(
  db: Kysely<Database>,
  tenantId: string | null,
  { cursor, limit, ...filter }: AuditFilter & { readonly cursor?: string; readonly limit: number },
): Promise<{ items: NamelessEntry[]; nextCursor: string | null }> {
  let query = matching(db, tenantId, filter)
    .orderBy('number', 'desc')
    .limit(limit + 1);
  if (cursor !== undefined) query = query.where('number', '<', Number(afterCursor(cursor, isNumber)));
  const rows = await query.execute();
  const items = rows.slice(0, limit).map(toEntry);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? cursorOf(`${last.number}`) : null };
}

/** Oldest first, from one moment on to where the chain ends by then. */
export async function* readEntries(
  db: Kysely<Database>,
  tenantId: string | null,
  filter: AuditFilter,
): AsyncGenerator<NamelessEntry> {
  for (let after = 0; ; ) {
    const rows = await matching(db, tenantId, filter)
      .where('number', '>', after)
      .orderBy('number')
      .limit(readAtOnce)
      .execute();
    yield* rows.map(toEntry);
    const last = rows.at(-1);
    if (last === undefined || rows.length < readAtOnce) return;
    after = last.number;
  }
}

function matching(db: Kysely<Database>, tenantId: string | null, { action, by, from, to }: AuditFilter) {
  let query = db
    .selectFrom('audit_entries')
    .select(['id', 'number', 'at', 'action', 'content'])
    .where('chain', '=', chainOf(tenantId));
  // `member` finds `member.invited` and all else that was done to members.
  if (action !== undefined) {
    query = query.where((eb) => eb.or([eb('action', '=', action), sql<boolean>`starts_with(action, ${`${action}.`})`]));
  }
  if (by !== undefined) {
    query = isId(by)
      ? query.where('by_id', '=', by)
      : query.where(sql<boolean>`position(${`"credentialId":${JSON.stringify(by)}`} in content) > 0`);
  }
  if (from !== undefined) query = query.where('at', '>=', from);
  if (to !== undefined) query = query.where('at', '<', to);
  return query;
}

function toEntry({ id, number, at, action, content }: Row): NamelessEntry {
  return { id, number, at, action, content: content === null ? undefined : (JSON.parse(content) as ActContent) };
}

function isNumber(text: string): boolean {
  return /^[1-9]\d{0,14}$/.test(text);
}
