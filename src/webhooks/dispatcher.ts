import type { lookup as systemLookup } from 'node:dns';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Logger } from 'pino';
import type { Database } from '#database/schema.ts';
import type { FanOut } from '#events/fan-out.ts';
import { every } from '#jobs/every.ts';
import { failpoint } from '#kernel/failpoints.ts';
import { type EventSource, emptyOutbox } from './outbox.ts';
import type { ReceiverGuard } from './receiver-guard.ts';
import { removeOldMessages } from './retention.ts';
import { sendWebhook } from './send-webhook.ts';
import { releaseAll, releaseDelivery, settleDelivery } from './settle-delivery.ts';
import { signedHeaders, validSecrets } from './signature.ts';
import { type TakenDelivery, takeDeliveries } from './take-deliveries.ts';
import type { WebhookMetrics } from './webhook-metrics.ts';

export interface DispatcherDeps {
  readonly db: Kysely<Database>;
  readonly fanOut: FanOut;
  /** By the kind of note. */
  readonly sources: Readonly<Record<string, EventSource>>;
  readonly guard: ReceiverGuard;
  readonly metrics: WebhookMetrics;
  readonly log: Logger;
  /** For tests. */
  readonly lookup?: typeof systemLookup;
}

export interface DispatcherOptions {
  /** At once, of this process. */
  readonly concurrency: number;
  /** At once to one receiver. */
  readonly perReceiver: number;
  /** Nobody else sends: what is leased at the start was leased by a process that has died. */
  readonly soleOwner?: boolean;
  /** One try, whole. */
  readonly timeoutMs: number;
  /** How often it looks when nobody wakes it. */
  readonly pollMs: number;
  /** Messages older than this are removed, with what became of them. */
  readonly keepMs: number;
  /** The database's clock; a test may set it forward. */
  readonly now?: () => RawBuilder<Date>;
}

export interface Dispatcher {
  /** Takes nothing more; tries under way have `graceMs` to end, then they are given back. */
  close(graceMs: number): Promise<void>;
}

/** However many jobs end: the database is not asked more often than this. */
const listenMs = 200;
const removeEveryMs = 3_600_000;

/**
 * Sends what is due. Any number of processes may do so: what one has leased, the others leave alone, and what one that
 * has died had leased is sent again by another.
 */
export function startDispatcher(deps: DispatcherDeps, options: DispatcherOptions): Dispatcher {
  const { db, fanOut, sources, metrics, log } = deps;
  const { concurrency, perReceiver, timeoutMs, pollMs, now = () => sql<Date>`now()` } = options;
  const underWay = new Set<Promise<void>>();
  const giveUp = new AbortController();
  let closing = false;
  let wake = Promise.withResolvers<void>();
  let heard: NodeJS.Timeout | undefined;
  const stopListening = fanOut.on('job-finished', () => {
    if (heard !== undefined) return;
    heard = setTimeout(() => {
      heard = undefined;
      wake.resolve();
    }, listenMs).unref();
  });
  const cleaning = every(removeEveryMs, () => removeOldMessages(db, options.keepMs), onError);
  const running = run();

  async function run(): Promise<void> {
    if (options.soleOwner) await releaseAll(db).catch(onError);
    while (!closing) {
      if (await look().catch(failed)) continue;
      const idle = setTimeout(() => wake.resolve(), pollMs).unref();
      await wake.promise;
      clearTimeout(idle);
      wake = Promise.withResolvers();
    }
  }

  /** @returns whether there may be more to do at once */
  async function look(): Promise<boolean> {
    const notes = await emptyOutbox(db, sources);
    const limit = concurrency - underWay.size;
    if (limit === 0 || closing) return false;
    // Longer than a try and its row may take, so that nobody else has it meanwhile.
    const leaseMs = timeoutMs + 40_000;
    const taken = await takeDeliveries(db, { now: now(), limit, perLane: perReceiver, leaseMs });
    for (const delivery of taken) {
      const work = attempt(delivery)
        .catch(onError)
        .finally(() => {
          underWay.delete(work);
          wake.resolve();
        });
      underWay.add(work);
    }
    return notes > 0 || taken.length > 0;
  }

  async function attempt(delivery: TakenDelivery): Promise<void> {
    const startedMs = performance.now();
    const done = (outcome: Parameters<WebhookMetrics['tried']>[0]) =>
      metrics.tried(outcome, (performance.now() - startedMs) / 1_000);
    const nowMs = Date.now();
    const { body, message_id, url } = delivery;
    const headers = signedHeaders(`msg_${message_id}`, body, validSecrets(delivery, nowMs), nowMs);
    const { guard, lookup } = deps;
    const sent = sendWebhook(url, headers, body, { guard, lookup, timeoutMs, signal: giveUp.signal });
    const outcome = await sent.catch(() => undefined);
    failpoint('webhook-sent');
    if (outcome === undefined) {
      await releaseDelivery(db, delivery);
      return done('released');
    }
    done(await settleDelivery(db, delivery, outcome, now()));
  }

  function onError(err: unknown): void {
    log.warn({ err }, 'webhooks could not be sent; trying again');
  }

  function failed(err: unknown): false {
    onError(err);
    return false;
  }

  return {
    async close(graceMs) {
      closing = true;
      stopListening();
      clearTimeout(heard);
      wake.resolve();
      await Promise.all([running, cleaning.close()]);
      const late = setTimeout(() => giveUp.abort(), graceMs);
      await Promise.all(underWay);
      clearTimeout(late);
    },
  };
}
