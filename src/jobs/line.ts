import type { Logger } from 'pino';
import type { JobQueue, QueueItem } from './job-queue.ts';
import type { JobSignals } from './job-signals.ts';

export interface LineDeps {
  readonly queue: JobQueue;
  readonly signals: JobSignals;
  readonly log: Logger;
}

/** What is told after a transaction is committed. None of it fails: the rows stand, and the reconciler looks after. */
export interface Line {
  put(items: readonly QueueItem[]): Promise<void>;
  /** To another place, unless it is not in line. */
  move(item: QueueItem): Promise<void>;
  /** Stops whoever runs it. */
  takeOut(id: string): Promise<void>;
  /** The same for many: those in line stay there, and are dropped when their turn comes, which costs less. */
  stop(ids: readonly string[]): void;
  /** Wakes who waits for them. */
  finished(ids: readonly string[]): void;
}

export function createLine({ queue, signals, log }: LineDeps): Line {
  return {
    async put(items) {
      try {
        if (items.length > 0) await queue.addMany(items);
      } catch (error) {
        const jobId = items.length === 1 ? items[0]?.id : undefined;
        log.warn({ err: error, jobId, jobs: items.length }, 'could not put jobs in line; the reconciler will');
      }
    },
    async move(item) {
      try {
        if (await queue.remove(item.id)) await queue.add(item);
      } catch (error) {
        log.warn({ err: error, jobId: item.id }, 'could not move the job in line; it has its turn later');
      }
    },
    async takeOut(id) {
      signals.emit('stopped', id);
      try {
        await queue.remove(id);
      } catch (error) {
        log.warn({ err: error, jobId: id }, 'could not take the job out of line; it is dropped when its turn comes');
      }
    },
    stop(ids) {
      for (const id of ids) signals.emit('stopped', id);
    },
    finished(ids) {
      for (const id of ids) signals.emit('finished', id);
    },
  };
}
