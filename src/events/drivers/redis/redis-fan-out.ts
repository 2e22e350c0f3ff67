import { Redis } from 'ioredis';
import { AppError } from '#kernel/errors.ts';
import type { FanOut } from '../../fan-out.ts';
import { type Link, type LinkEvents, linkedFanOut } from '../../linked-fan-out.ts';
import { refuseEviction } from './eviction-policy.ts';

export interface RedisFanOutOptions {
  readonly url: string;
  /** In front of the channel's name. Channels are of the whole server, whichever database the URL names. */
  readonly prefix?: string;
  /** Told of what broke; it mends itself. */
  readonly onError?: (error: unknown) => void;
}

const maxMessageBytes = 64_000;
/** A connection that says nothing may be dead: it is asked now and then. */
const pingMs = 10_000;

const options = {
  lazyConnect: true,
  connectTimeout: 2_000,
  /** Whoever asks and hears nothing for so long connects anew. */
  socketTimeout: 5_000,
  commandTimeout: 1_500,
  retryStrategy: (attempt: number) => Math.min(attempt * 100, 2_000) * (0.5 + Math.random()),
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  // Done by hand: only who has subscribed knows from when on nothing is missed.
  autoResubscribe: false,
};

/**
 * Publish and subscribe: a connection that subscribes can do nothing else, so there are two.
 *
 * @throws AppError FAN_OUT_UNAVAILABLE when Redis does not answer, CONFIG_INVALID when it may evict keys
 */
export function openRedisFanOut({ url, prefix = 'esteira', onError = () => {} }: RedisFanOutOptions): Promise<FanOut> {
  return linkedFanOut({
    driver: 'redis',
    maxMessageBytes,
    onError,
    openLink: (events) => openLink(url, `${prefix}:fan-out`, events),
  });
}

async function openLink(url: string, channel: string, events: LinkEvents): Promise<Link> {
  const [publisher, subscriber] = [new Redis(url, options), new Redis(url, options)];
  const clients = [publisher, subscriber];
  for (const client of clients) client.on('error', events.failed);
  const pings = setInterval(() => {
    for (const client of clients) client.ping().catch(() => {}); // its connection reports it
  }, pingMs).unref();

  async function close(): Promise<void> {
    clearInterval(pings);
    for (const client of clients) client.disconnect();
  }

  try {
    await Promise.all(clients.map((client) => client.connect()));
    await refuseEviction(publisher);
    await subscriber.subscribe(channel);
  } catch (cause) {
    await close();
    throw cause instanceof AppError ? cause : unavailable(cause);
  }
  subscriber.on('message', (_, text) => events.received(text));
  subscriber.on('ready', () => {
    subscriber.subscribe(channel).then(() => events.listeningAgain(), events.failed);
  });
  publisher.on('ready', () => events.sendingAgain());

  return {
    async send(messages) {
      await Promise.all(messages.map((message) => publisher.publish(channel, message)));
    },
    async check() {
      try {
        await Promise.all([refuseEviction(publisher), subscriber.ping()]);
      } catch (cause) {
        throw cause instanceof AppError ? cause : unavailable(cause);
      }
    },
    close,
  };
}

function unavailable(cause: unknown): AppError {
  return new AppError('FAN_OUT_UNAVAILABLE', 'Redis does not answer now: check REDIS_URL.', { cause });
}
