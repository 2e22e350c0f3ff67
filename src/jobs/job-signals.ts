import { EventEmitter } from 'node:events';

/**
 * What happens to jobs in this process, so that nobody here has to wait for a poll. Other processes' jobs are not
 * heard of here: whoever listens polls the database as well.
 */
export type JobSignals = EventEmitter<{
  /** The job has reached a terminal state, and that is committed. */
  finished: [id: string];
  /** The job was cancelled or removed: whoever runs it may stop. */
  stopped: [id: string];
}>;

export function createJobSignals(): JobSignals {
  return new EventEmitter();
}
