import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { sql } from 'kysely';
import { pino } from 'pino';
import { Webhook } from 'standardwebhooks';
import type { OpenDatabase } from '#database/database.ts';
import { memoryFanOut } from '#events/drivers/memory/memory-fan-out.ts';
import type { Actor } from '#kernel/actor.ts';
import { newId } from '#kernel/ids.ts';
import { type DispatcherDeps, type DispatcherOptions, startDispatcher } from './dispatcher.ts';
import { jobEvents } from './job-events.ts';
import { pipelineEvents } from './pipeline-events.ts';
import { receiverGuard } from './receiver-guard.ts';
import { createWebhooks } from './webhook-service.ts';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly path: string;
  readonly body: string;
}

export type Answer = (response: ServerResponse, got: Received) => void;

/** A receiver on 127.0.0.1 that answers as the test says, at first 204. */
export async function openReceiver() {
  const received: Received[] = [];
  let answer: Answer = (response) => response.writeHead(204).end();
  const server = createServer(async (request, response) => {
    const got = { headers: request.headers, path: request.url ?? '', body: await text(request) };
    received.push(got);
    answer(response, got);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    at: (path: string) => received.filter((each) => each.path === path),
    answerWith(next: Answer) {
      answer = next;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

export interface Message {
  readonly type: string;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** By the scheme's own library. @throws when no signature fits */
export function verified({ headers, body }: Received, secret: string): Message {
  return new Webhook(secret).verify(body, headers as Record<string, string>) as Message;
}

export type TestWebhooks = Awaited<ReturnType<typeof openTestWebhooks>>;

/** Database, service and dispatchers, with a clock that can be set forward. */
export async function openTestWebhooks(database: OpenDatabase) {
  const { db, tenantDb } = database;
  const receiver = await openReceiver();
  const guard = receiverGuard(['127.0.0.1']);
  let aheadMs = 0;
  const running: ReturnType<typeof startDispatcher>[] = [];
  const tried: string[] = [];

  function dispatch(options: Partial<DispatcherOptions> = {}, own: Partial<DispatcherDeps> = {}) {
    const dispatcher = startDispatcher(
      {
        db,
        guard,
        fanOut: memoryFanOut(),
        sources: {
          job: jobEvents({ job: (job) => ({ ...job }), batch: (batch) => ({ ...batch }) }),
          pipeline: pipelineEvents((pipeline) => ({ ...pipeline })),
        },
        metrics: { tried: (outcome) => tried.push(outcome) },
        log: pino({ level: 'silent' }),
        ...own,
      },
      {
        concurrency: 8,
        perReceiver: 2,
        timeoutMs: 5_000,
        pollMs: 20,
        keepMs: 1e10,
        now: () => sql<Date>`now() + ${aheadMs} * interval '1 millisecond'`,
        ...options,
      },
    );
    running.push(dispatcher);
    return dispatcher;
  }

  return {
    db,
    receiver,
    tried,
    webhooks: createWebhooks({ tenantDb, guard }),
    dispatch,
    setForward(ms: number) {
      aheadMs += ms;
    },
    async stop() {
      await Promise.all(running.splice(0).map((each) => each.close(0)));
    },
    async close() {
      await this.stop();
      receiver.close();
      await database.close();
    },
    async tenant(): Promise<Actor> {
      const actor = { tenantId: newId(), userId: newId() };
      const audit = { created_by: actor.userId, updated_by: actor.userId };
      await db
        .insertInto('tenants')
        .values({ id: actor.tenantId, name: 'a tenant', ...audit })
        .execute();
      return actor;
    },
  };
}

type JobValues = Partial<Parameters<ReturnType<OpenDatabase['db']['insertInto']>['values']>[0]> & object;

/** As the job service writes it. */
export async function insertJob({ db }: Pick<OpenDatabase, 'db'>, actor: Actor, values: JobValues = {}) {
  const id = newId();
  await db
    .insertInto('jobs')
    .values({
      id,
      tenant_id: actor.tenantId,
      owner_id: actor.userId,
      created_by: actor.userId,
      updated_by: actor.userId,
      processor: 'test.echo',
      processor_version: 1,
      params: '{}',
      result_key: (newId() + newId()).replaceAll('-', ''),
      status: 'queued',
      priority: 'normal',
      ...values,
    })
    .execute();
  return id;
}

/** As a worker ends it. */
export async function endJob(
  { db }: Pick<OpenDatabase, 'db'>,
  id: string,
  status: 'succeeded' | 'failed' | 'cancelled' = 'succeeded',
) {
  const error = status === 'failed' ? { error_code: 'NO_SUBJECT', error_detail: 'for the test' } : {};
  await db
    .updateTable('jobs')
    .set({ status, finished_at: sql<Date>`now()`, ...error })
    .where('id', '=', id)
    .execute();
}
