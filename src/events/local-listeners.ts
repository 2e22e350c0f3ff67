import { EventEmitter } from 'node:events';
import type { FanOutListener, Topic } from './fan-out.ts';

/** Who listens in this process. */
export class LocalListeners {
  readonly #emitter = new EventEmitter().setMaxListeners(0);

  tell(topic: Topic, ids: readonly string[] = []): void {
    this.#emitter.emit(topic, ids);
  }

  on(topic: Topic, listener: FanOutListener): () => void {
    this.#emitter.on(topic, listener);
    return () => this.#emitter.off(topic, listener);
  }

  /** Something may have been missed: everybody looks for themselves. */
  tellAll(): void {
    for (const topic of this.#emitter.eventNames()) this.#emitter.emit(topic, []);
  }

  clear(): void {
    this.#emitter.removeAllListeners();
  }
}
