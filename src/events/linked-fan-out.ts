import { randomUUID } from 'node:crypto';
import type { FanOut } from './fan-out.ts';
import { LocalListeners } from './local-listeners.ts';
import { Outbox } from './outbox.ts';
import { decodeTold } from './wire.ts';

/** The way to the other processes that an engine gives. It mends itself. */
export interface Link {
  /** @throws anything when the engine did not take them all */
  send(messages: readonly string[]): Promise<void>;
  /** @throws AppError FAN_OUT_UNAVAILABLE, CONFIG_INVALID */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** What a link says of itself. */
export interface LinkEvents {
  /** A text that some process sent; our own come back as well. */
  received(text: string): void;
  /** Messages of others may have been missed until now. */
  listeningAgain(): void;
  /** Sending may work again. */
  sendingAgain(): void;
  /** For the log; the link goes on by itself. */
  failed(error: unknown): void;
}

export interface LinkedFanOutOptions {
  readonly driver: string;
  /** Of one message, UTF-8. */
  readonly maxMessageBytes: number;
  readonly onError: (error: unknown) => void;
  readonly openLink: (events: LinkEvents) => Promise<Link>;
}

/** Listeners of this process, and a link to those of the others. @throws AppError what `openLink` throws */
export async function linkedFanOut(options: LinkedFanOutOptions): Promise<FanOut> {
  const { driver, maxMessageBytes, onError } = options;
  const sender = randomUUID();
  const listeners = new LocalListeners();
  let closed = false;
  const link = await options.openLink({
    received(text) {
      const told = decodeTold(text);
      if (told !== undefined && told.sender !== sender) listeners.tell(told.topic, told.ids);
    },
    listeningAgain: () => listeners.tellAll(),
    sendingAgain: () => void outbox.flush(),
    failed: onError,
  });
  const outbox = new Outbox({ sender, maxMessageBytes, send: (messages) => link.send(messages), onError });
  return {
    driver,
    tell(topic, ids = []) {
      listeners.tell(topic, ids);
      if (!closed) outbox.add(topic, ids);
    },
    on: (topic, listener) => listeners.on(topic, listener),
    check: () => link.check(),
    async close() {
      if (closed) return;
      closed = true;
      listeners.clear();
      await outbox.flush();
      outbox.stop();
      await link.close();
    },
  };
}
