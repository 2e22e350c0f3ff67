import type { FanOut } from '#events/fan-out.ts';

/**
 * What every process is told after a transaction is committed. None of it fails and none of it must arrive: the rows
 * are the line, and everybody looks at them from time to time.
 */
export interface Line {
  /** There may be a job to take. */
  queued(): void;
  /** Wakes who waits for them. */
  finished(ids: readonly string[]): void;
  /** Stops whoever runs them. */
  stopped(ids: readonly string[]): void;
  /** Something that people watch is different. */
  changed(): void;
}

export function createLine(fanOut: FanOut): Line {
  const changed = () => fanOut.tell('changed');
  return {
    queued() {
      fanOut.tell('job-queued');
      changed();
    },
    finished(ids) {
      if (ids.length === 0) return;
      fanOut.tell('job-finished', ids);
      changed();
    },
    stopped(ids) {
      if (ids.length === 0) return;
      fanOut.tell('job-stopped', ids);
      changed();
    },
    changed,
  };
}
