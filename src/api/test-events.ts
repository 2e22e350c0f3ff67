import assert from 'node:assert/strict';
import { pino } from 'pino';
import { localPrincipal } from '#accounts/local-access.ts';
import type { OpenDatabase } from '#database/database.ts';
import { memoryFanOut } from '#events/drivers/memory/memory-fan-out.ts';
import { EventHub } from '#events/event-hub.ts';
import type { StreamLimits } from '#events/event-streams.ts';
import type { FanOut } from '#events/fan-out.ts';
import { addJobs, addTenant } from '#events/test-jobs.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import { createHealth } from '#observability/health.ts';
import { type EventReader, readEvents, type SeenEvent } from '../../test/support/event-reader.ts';
import { createApp } from './app.ts';
import type { Api } from './deps.ts';
import { createWorld } from './stand-ins.ts';

export interface EventProcess {
  readonly api: Api;
  readonly address: string;
  readonly fanOut: FanOut;
  readonly hub: EventHub;
}

export interface EventWorld {
  readonly actor: Actor;
  readonly here: EventProcess;
  /** Done when the test is over. */
  readonly cleanUps: (() => Promise<void>)[];
  startProcess(limits?: Partial<StreamLimits>): Promise<EventProcess>;
  /** A stream that has begun, unless it was refused. */
  read(
    process: Pick<EventProcess, 'address'>,
    how?: { as?: Actor; lastEventId?: string | undefined; query?: string },
  ): Promise<EventReader>;
  /** A job of the actor's, of which the process is told. */
  addJob(): Promise<string>;
  tell(): void;
  close(): Promise<void>;
}

/** A tenant of its own and a process that streams, for one test. */
export async function openEventWorld(database: OpenDatabase): Promise<EventWorld> {
  const actor = await addTenant(database.db);
  const readers: EventReader[] = [];
  const cleanUps: (() => Promise<void>)[] = [];
  async function startProcess(limits: Partial<StreamLimits> = {}): Promise<EventProcess> {
    const started = await startEventProcess(database, limits);
    cleanUps.push(() => started.api.close());
    return started;
  }
  const here = await startProcess();
  const tell = () => here.fanOut.tell('changed');
  return {
    ...{ actor, here, cleanUps, startProcess, tell },
    async read(process, { as = actor, lastEventId, query = '' } = {}) {
      const reader = await readEvents(`${process.address}/v1/events${query}`, {
        'x-test-actor': `${as.tenantId} ${as.userId}`,
        ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
      });
      readers.push(reader);
      if (reader.status === 200) await reader.next(isReady);
      return reader;
    },
    async addJob() {
      const [id = ''] = await addJobs(database.db, actor, 1);
      tell();
      return id;
    },
    async close() {
      for (const reader of readers) reader.close();
      for (const cleanUp of cleanUps.splice(0)) await cleanUp();
    },
  };
}

/** An API process; who asks says in a header who it is. Each has a fan-out that reaches nobody else. The caller closes it. */
async function startEventProcess(
  { db, tenantDb }: Pick<OpenDatabase, 'db' | 'tenantDb'>,
  limits: Partial<StreamLimits>,
): Promise<EventProcess> {
  const fanOut = memoryFanOut();
  const log = pino({ level: 'silent' });
  const hub = new EventHub({ db, tenantDb, fanOut, log }, { maxStreams: 100, maxStreamsPerUser: 50, ...limits });
  const world = createWorld();
  const missing = (code: 'JOB_NOT_FOUND' | 'BATCH_NOT_FOUND') => {
    throw new AppError(code, 'not here');
  };
  const owned = async (table: 'jobs' | 'batches', { tenantId }: Actor, id: string) => {
    const rows = await db.selectFrom(table).select('id').where('tenant_id', '=', tenantId).execute();
    return rows.find((row) => row.id === id);
  };
  const api = await createApp({
    ...world.deps,
    health: createHealth([]),
    events: hub,
    access: {
      authenticate: async ({ headers }) => {
        const [tenantId = '', userId = ''] = String(headers['x-test-actor'] ?? '').split(' ');
        return { ...localPrincipal, tenantId, userId };
      },
    },
    jobs: {
      ...world.deps.jobs,
      get: async (who, id) => ((await owned('jobs', who, id)) ?? missing('JOB_NOT_FOUND')) as never,
    },
    batches: {
      ...world.deps.batches,
      get: async (who, id) => ((await owned('batches', who, id)) ?? missing('BATCH_NOT_FOUND')) as never,
    },
  });
  const address = await api.listen({ host: '127.0.0.1', port: 0 });
  return { api, address, fanOut, hub };
}

export function isReady({ event }: SeenEvent): boolean {
  return event === 'ready';
}

export function isJob(id: string, status: string): (event: SeenEvent) => boolean {
  return ({ event, data }) => event === 'job' && data.id === id && data.status === status;
}

export function isBatch(id: string): (event: SeenEvent) => boolean {
  return ({ event, data }) => event === 'batch' && data.id === id;
}

export function jobEvents({ events }: EventReader): SeenEvent[] {
  return events.filter(({ event }) => event === 'job');
}

/** Ids are whole numbers, each greater than the one before. */
export function assertGrowing({ events }: EventReader, after = '-1'): void {
  let last = BigInt(after);
  for (const { id, event } of events) {
    if (id === undefined) continue;
    assert.ok(BigInt(id) > last, `${event} ${id} after ${last}`);
    last = BigInt(id);
  }
}
