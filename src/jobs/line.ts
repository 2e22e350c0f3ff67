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
  /** Cancelled or removed: stops whoever runs them, wakes who waits for them; whoever followed one may lead now. */
  cancelled(ids: readonly string[]): void;
  /** Something that people watch is different. */
  changed(): void;
}

export function createLine(fanOut: FanOut): Line {
  const changed = () => fanOut.tell('changed');
  function queued(): void {
    fanOut.tell('job-queued');
    changed();
  }
  function finished(ids: readonly string[]): void {
    if (ids.length === 0) return;
    fanOut.tell('job-finished', ids);
    changed();
  }
  function cancelled(ids: readonly string[]): void {
    if (ids.length > 0) fanOut.tell('job-stopped', ids);
    finished(ids);
    queued();
  }
  return { queued, finished, cancelled, changed };
}
