import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Database } from '#database/schema.ts';
import type { TenantDatabase } from '#database/tenant-database.ts';
import { type JobChange, oldestReplayable, type Removal, readBatches, readTenantChanges } from './change-feed.ts';
import {
  batchFrame,
  type Frame,
  isWanted,
  jobFrame,
  type ResetReason,
  readyText,
  removalFrame,
  resetText,
  withId,
} from './event-frames.ts';
import { type EventId, EventIds, parseEventId } from './event-ids.ts';
import { type EventStream, Outgoing } from './event-stream.ts';

/** Where all other streams are. */
export interface Place {
  /** Every transaction with a lower number had ended at the last look. */
  readonly horizon: number;
  /** Everything of lower numbers has been written to them. */
  readonly base: number;
}

interface Returning {
  readonly stream: EventStream;
  readonly lastId: EventId;
}

/** More than this is quicker asked for than told. */
const maxReplayed = 1_000;
const maxReplayedBatches = 50;
const welcomesAtOnce = 100;

/**
 * Tells streams what they have missed, or that they should ask for the state; from then on they are live. It must not
 * run at the same time as the look at what is new: what is missed and what is new touch without a gap.
 *
 * @param ids of the other streams; they will be greater than those given here
 */
export async function welcome(
  { db, tenantDb }: { readonly db: Kysely<Database>; readonly tenantDb: TenantDatabase },
  streams: readonly EventStream[],
  place: Place,
  ids: EventIds,
): Promise<void> {
  const returning = new Map<string, Returning[]>();
  const ready: [EventStream, ResetReason | undefined][] = [];
  const oldest = streams.some(({ options }) => options.lastEventId !== undefined) ? await oldestReplayable(db) : 0;
  for (const stream of streams) {
    const { lastEventId, actor } = stream.options;
    const lastId = lastEventId === undefined ? undefined : parseEventId(lastEventId);
    if (lastEventId === undefined) ready.push([stream, undefined]);
    else if (lastId === undefined || lastId.position > place.horizon) ready.push([stream, 'unknown-id']);
    else if (lastId.position < oldest) ready.push([stream, 'too-old']);
    else returning.set(actor.tenantId, [...(returning.get(actor.tenantId) ?? []), { stream, lastId }]);
  }
  for (const [tenantId, ofTenant] of returning) ready.push(...(await replay(tenantDb, tenantId, ofTenant, place, ids)));
  const readyEvent = readyText(ids.current(place.base));
  for (const [at, [stream, reason]] of ready.entries()) {
    stream.write(new Outgoing(reason === undefined ? readyEvent : resetText(reason) + readyEvent));
    stream.live = true;
    if (at % welcomesAtOnce === welcomesAtOnce - 1) await nextTurn();
  }
}

/** One question for all of a tenant's. @returns those for whom it is not the way, because too much has changed */
async function replay(
  tenantDb: TenantDatabase,
  tenantId: string,
  returning: readonly Returning[],
  place: Place,
  ids: EventIds,
): Promise<[EventStream, ResetReason][]> {
  const earliest = returning.reduce((least, { lastId }) => Math.min(least, lastId.position), place.base);
  const { jobs, removals, batches } = await tenantDb.run(tenantId, async (trx) => {
    const changes = await readTenantChanges(trx, tenantId, earliest, maxReplayed + 1);
    const batchIds = [...new Set(changes.jobs.flatMap(({ batchId }) => batchId ?? []))];
    return { ...changes, batches: batchIds.length > maxReplayedBatches ? [] : await readBatches(trx, batchIds) };
  });
  const events = [...jobs, ...removals].sort((a, b) => a.change - b.change).map(rendered);
  const batchFrames = batches.map(batchFrame);
  const refused: [EventStream, ResetReason][] = [];
  for (const [at, { stream, lastId }] of returning.entries()) {
    const missed = events.filter(({ change }) => change >= lastId.position);
    const missedBatches = new Set(missed.flatMap(({ frame }) => frame.batchId ?? []));
    if (missed.length > maxReplayed || missedBatches.size > maxReplayedBatches) {
      refused.push([stream, 'too-many']);
      continue;
    }
    const own = new EventIds(lastId);
    const numbered = [
      // An id of the replay goes no further than what is surely complete: a client that is cut off here comes back for
      // the rest.
      ...missed.map(({ frame, change }) => ({ frame, position: Math.min(change, place.base) })),
      ...batchFrames
        .filter(({ batchId = '' }) => missedBatches.has(batchId))
        .map((frame) => ({ frame, position: place.base })),
    ].filter(({ frame }) => isWanted(frame, stream.options));
    const text = numbered.map(({ frame, position }) => withId(frame, own.next(position))).join('');
    ids.follow(own);
    stream.write(new Outgoing(text + readyText(own.after(place.base))));
    stream.live = true;
    if (at % welcomesAtOnce === welcomesAtOnce - 1) await nextTurn();
  }
  return refused;
}

function rendered(event: JobChange | Removal): { readonly change: number; readonly frame: Frame } {
  return { change: event.change, frame: 'kind' in event ? removalFrame(event) : jobFrame(event) };
}
