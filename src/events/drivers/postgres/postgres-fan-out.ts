import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { AppError } from '#kernel/errors.ts';
import type { FanOut } from '../../fan-out.ts';
import { type Link, type LinkEvents, linkedFanOut } from '../../linked-fan-out.ts';

export interface PostgresFanOutOptions {
  readonly url: string;
  /** Told of what broke; it mends itself. */
  readonly onError?: (error: unknown) => void;
}

/** NOTIFY takes less than 8,000 bytes. */
const maxMessageBytes = 7_900;
/** Every database has channels of its own. */
const channel = 'esteira';
/** A connection that says nothing may be dead: it is asked now and then. */
const pingMs = 10_000;
const queryTimeoutMs = 1_500;
const backoffMs = { first: 100, longest: 5_000 };

/**
 * LISTEN and NOTIFY on one connection of its own; a pooler that shares connections between transactions
 * cannot be used for it.
 *
 * @throws AppError FAN_OUT_UNAVAILABLE when the server does not answer
 */
export function openPostgresFanOut({ url, onError = () => {} }: PostgresFanOutOptions): Promise<FanOut> {
  return linkedFanOut({
    driver: 'postgres',
    maxMessageBytes,
    onError,
    async openLink(events) {
      const link = new PostgresLink(url, events);
      await link.open();
      return link;
    },
  });
}

class PostgresLink implements Link {
  readonly #url: string;
  readonly #events: LinkEvents;
  readonly #closing = new AbortController();
  readonly #pings: NodeJS.Timeout;
  #client: Client | undefined;
  /** One query after another: the library wants it so. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(url: string, events: LinkEvents) {
    this.#url = url;
    this.#events = events;
    this.#pings = setInterval(() => void this.check().catch(events.failed), pingMs).unref();
  }

  async open(): Promise<void> {
    try {
      await this.#connect();
    } catch (cause) {
      await this.close();
      throw unavailable(cause);
    }
  }

  send(messages: readonly string[]): Promise<void> {
    return this.#query('select pg_notify($1, message) from unnest($2::text[]) as message', [channel, messages]);
  }

  async check(): Promise<void> {
    await this.#query('select 1').catch((cause: unknown) => {
      throw unavailable(cause);
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#pings);
    const client = this.#client;
    this.#client = undefined;
    await client?.end();
  }

  async #connect(): Promise<void> {
    const client = new Client({
      connectionString: this.#url,
      application_name: 'esteira fan-out',
      connectionTimeoutMillis: 5_000,
      query_timeout: queryTimeoutMs,
      keepAlive: true,
    });
    client.on('error', this.#events.failed);
    client.on('notification', ({ payload }) => this.#events.received(payload ?? ''));
    try {
      await client.connect();
      await client.query(`listen ${channel}`);
    } catch (error) {
      void client.end();
      throw error;
    }
    if (this.#closing.signal.aborted) return void client.end();
    this.#client = client;
    client.once('end', () => {
      if (this.#client === client) void this.#reconnect();
    });
  }

  async #reconnect(): Promise<void> {
    this.#client = undefined;
    const { signal } = this.#closing;
    for (let waitMs = backoffMs.first; !signal.aborted; waitMs = Math.min(2 * waitMs, backoffMs.longest)) {
      // Some sooner, some later: a server that comes back is not met by all at once.
      await delay(waitMs * (0.5 + Math.random()), undefined, { signal, ref: false }).catch(() => {});
      if (signal.aborted) return;
      try {
        await this.#connect();
        break;
      } catch (error) {
        this.#events.failed(error);
      }
    }
    if (signal.aborted) return;
    this.#events.listeningAgain();
    this.#events.sendingAgain();
  }

  async #query(text: string, values: readonly unknown[] = []): Promise<void> {
    const run = this.#last.then(async () => {
      const client = this.#client;
      if (client === undefined) throw new Error('not connected');
      try {
        await client.query(text, [...values]);
      } catch (error) {
        // Whatever it was: a connection made anew is known to work.
        void client.end();
        throw error;
      }
    });
    this.#last = run.catch(() => {});
    return run;
  }
}

function unavailable(cause: unknown): AppError {
  return new AppError('FAN_OUT_UNAVAILABLE', 'PostgreSQL cannot be listened to now: check DATABASE_URL.', { cause });
}
