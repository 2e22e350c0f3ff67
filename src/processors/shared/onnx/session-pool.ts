import type { RuntimeSetup } from '../../contract.ts';
import type { OpenedSession, PassedOver } from './open-session.ts';

const maxSessions = 4;
/** Of the child's limit: above this, sessions leave. A child that stays above it is replaced when its job is done. */
const fullShare = 0.8;

export type ReadMemory = () => number;

/**
 * The sessions of one child process. They stay open, because opening one takes seconds; those used longest ago leave
 * when there are many, or when another would not fit into memory beside them. One job runs at a time, so none leaves
 * while it computes.
 */
export class SessionPool {
  readonly #memoryBytes: number;
  readonly #residentBytes: ReadMemory;
  readonly #notices: PassedOver[] = [];
  /** Used longest ago first. */
  readonly #open = new Map<string, Promise<OpenedSession>>();

  constructor({ memoryBytes }: RuntimeSetup, residentBytes: ReadMemory = readResident) {
    this.#memoryBytes = memoryBytes ?? Number.POSITIVE_INFINITY;
    this.#residentBytes = residentBytes;
  }

  /** Used longest ago first. */
  get keys(): readonly string[] {
    return [...this.#open.keys()];
  }

  /**
   * @param key names the graph's bytes
   * @param neededBytes what opening and running it will take
   */
  async use(key: string, neededBytes: number, open: () => Promise<OpenedSession>): Promise<OpenedSession> {
    const known = this.#open.get(key);
    this.#open.delete(key);
    if (known === undefined) await this.#makeRoom(neededBytes);
    const session = known ?? open();
    this.#open.set(key, session);
    try {
      const opened = await session;
      if (known === undefined) this.#notices.push(...opened.passedOver);
      return opened;
    } catch (error) {
      this.#open.delete(key);
      throw error;
    }
  }

  /** What preferred to compute and could not, since this was last asked: for the log of the job that runs. */
  takeNotices(): readonly PassedOver[] {
    return this.#notices.splice(0);
  }

  async #makeRoom(neededBytes: number): Promise<void> {
    for (const [key, oldest] of this.#open) {
      const fits = this.#residentBytes() + neededBytes <= this.#memoryBytes * fullShare;
      if (fits && this.#open.size < maxSessions) return;
      this.#open.delete(key);
      const opened = await oldest.catch(() => undefined);
      await opened?.session.release();
    }
  }
}

function readResident(): number {
  return process.memoryUsage.rss();
}
