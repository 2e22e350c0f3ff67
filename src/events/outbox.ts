import type { Topic } from './fan-out.ts';
import { encodeTold } from './wire.ts';

export interface OutboxOptions {
  readonly sender: string;
  /** Of one message, UTF-8. */
  readonly maxMessageBytes: number;
  /** Takes messages to the engine; called again only when it is done. */
  readonly send: (messages: readonly string[]) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** Long enough to gather what one piece of work tells, too short for anybody to notice. */
const gatherMs = 5;
/** Above this, one "look for yourself" is less work for all. */
const maxIds = 1_000;

/** Gathers what is told, and sends it as a few messages. What could not be sent becomes "look for yourself". */
export class Outbox {
  readonly #options: OutboxOptions;
  /** Ids of each topic; undefined: too many, or none. */
  #waiting = new Map<Topic, Set<string> | undefined>();
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  /** Said once, not two hundred times a second. */
  #failing = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  add(topic: Topic, ids: readonly string[]): void {
    const known = this.#waiting.get(topic);
    const all = known ?? new Set<string>();
    for (const id of ids) all.add(id);
    const lookYourself = ids.length === 0 || all.size > maxIds || (this.#waiting.has(topic) && known === undefined);
    this.#waiting.set(topic, lookYourself ? undefined : all);
    this.#timer ??= setTimeout(() => void this.flush(), gatherMs);
  }

  /** Sends what waits, also what an earlier failure left. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#sending !== undefined) await this.#sending;
    if (this.#waiting.size === 0) return;
    this.#sending = this.#send();
    await this.#sending;
  }

  async #send(): Promise<void> {
    const { sender, maxMessageBytes, send, onError } = this.#options;
    const taken = this.#waiting;
    this.#waiting = new Map();
    const messages = [...taken].flatMap(([topic, ids]) =>
      encodeTold({ sender, topic, ids: [...(ids ?? [])] }, maxMessageBytes),
    );
    try {
      await send(messages);
      this.#failing = false;
    } catch (error) {
      for (const topic of taken.keys()) this.#waiting.set(topic, undefined);
      if (!this.#failing) onError(error);
      this.#failing = true;
    } finally {
      this.#sending = undefined;
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting.clear();
  }
}
