import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { Database } from '#database/schema.ts';
import { newId } from '#kernel/ids.ts';
import { messageBody } from './message-body.ts';
import { newSecret } from './signature.ts';

export type Note = Selectable<Database['webhook_outbox']>;

/** Something that receivers are told of. */
export interface OccurredEvent {
  readonly type: string;
  readonly tenantId: string;
  readonly subjectId: string;
  /** What makes it one event, where it could be noticed twice. */
  readonly key?: string;
  readonly at: Date;
  readonly data: Readonly<Record<string, unknown>>;
  /** The receiver that the subject itself names. */
  readonly url: string | null;
  /** Whether the tenant's endpoints hear of it. */
  readonly forEndpoints: boolean;
}

/** Makes events of the notes of one kind. Reads only; what is gone meanwhile makes no event, or a shorter one. */
export type EventSource = (trx: Transaction<Database>, notes: readonly Note[]) => Promise<readonly OccurredEvent[]>;

const notesAtOnce = 50;

/**
 * Turns notes into messages and deliveries, in one transaction: a note is gone when they are there.
 *
 * @param sources by the kind of note; notes of other kinds wait for a process that knows them
 * @returns how many notes there were
 */
export async function emptyOutbox(
  db: Kysely<Database>,
  sources: Readonly<Record<string, EventSource>>,
): Promise<number> {
  const any = await db.selectFrom('webhook_outbox').select('id').limit(1).executeTakeFirst();
  if (any === undefined) return 0;
  return db.transaction().execute(async (trx) => {
    const notes = await takeNotes(trx, Object.keys(sources));
    const byKind = Map.groupBy(notes, (note) => note.kind);
    for (const [kind, ofKind] of byKind) {
      const events = (await sources[kind]?.(trx, ofKind)) ?? [];
      await writeMessages(trx, events);
    }
    return notes.length;
  });
}

/** In a clause of its own: there, what is locked is looked for once. */
async function takeNotes(trx: Transaction<Database>, kinds: readonly string[]): Promise<Note[]> {
  const notes = await trx
    .with('oldest', (db) =>
      db
        .selectFrom('webhook_outbox')
        .select('id')
        .where('kind', 'in', kinds)
        .orderBy('id')
        .limit(notesAtOnce)
        .forUpdate()
        .skipLocked(),
    )
    .deleteFrom('webhook_outbox')
    .using('oldest')
    .whereRef('webhook_outbox.id', '=', 'oldest.id')
    .returningAll('webhook_outbox')
    .execute();
  return notes.toSorted((a, b) => a.id - b.id);
}

async function writeMessages(trx: Transaction<Database>, events: readonly OccurredEvent[]): Promise<void> {
  const tenants = [...new Set(events.map((event) => event.tenantId))];
  if (tenants.length === 0) return;
  const endpoints = await trx
    .selectFrom('webhook_endpoints')
    .select(['id', 'tenant_id', 'events'])
    .where('tenant_id', 'in', tenants)
    .where('active', '=', true)
    .orderBy('id')
    // Whoever switches one off waits until its deliveries are there to be cancelled.
    .forShare()
    .execute();
  for (const event of events) {
    const receivers = event.forEndpoints
      ? endpoints.filter(({ tenant_id, events }) => tenant_id === event.tenantId && events.includes(event.type))
      : [];
    if (receivers.length === 0 && event.url === null) continue;
    const messageId = await insertMessage(trx, event);
    if (messageId === undefined) continue;
    const rows = receivers.map(({ id }) => deliveryTo(id, messageId, event.tenantId));
    if (event.url !== null) {
      await keyOf(trx, event.tenantId);
      rows.push({ ...deliveryTo(null, messageId, event.tenantId), url: event.url, lane: laneOf(event) });
    }
    await trx.insertInto('webhook_deliveries').values(rows).execute();
  }
}

/** @returns undefined when the event is known already */
async function insertMessage(trx: Transaction<Database>, event: OccurredEvent): Promise<string | undefined> {
  const row = await trx
    .insertInto('webhook_messages')
    .values({
      id: newId(),
      tenant_id: event.tenantId,
      type: event.type,
      subject_id: event.subjectId,
      event_key: event.key ?? null,
      body: messageBody(event.type, event.at, event.data),
    })
    .onConflict((conflict) => conflict.column('event_key').doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id;
}

export function deliveryTo(endpointId: string | null, messageId: string, tenantId: string) {
  return {
    id: newId(),
    message_id: messageId,
    tenant_id: tenantId,
    endpoint_id: endpointId,
    url: null as string | null,
    lane: endpointId ?? '',
    history: '[]',
  };
}

/** Receivers that jobs name wait for each other by host, so that one that hangs holds up its own alone. */
function laneOf({ tenantId, url }: OccurredEvent): string {
  return `${tenantId} ${URL.parse(url ?? '')?.host ?? ''}`;
}

/** What signs for receivers that jobs name: made when it is first needed. */
export async function keyOf(trx: Transaction<Database>, tenantId: string) {
  await trx
    .insertInto('webhook_keys')
    .values({ tenant_id: tenantId, secret: newSecret() })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return trx
    .selectFrom('webhook_keys')
    .selectAll()
    .select(sql<Date>`now()`.as('now'))
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow();
}
