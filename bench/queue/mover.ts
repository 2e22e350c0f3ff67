/** Who moves jobs that do nothing: our line, or bare BullMQ. */
export interface Mover {
  /** Asks for one job. */
  add(id: string): Promise<void>;
  /** Starts a worker with so many jobs at once; `onTaken` is called for each. @returns what stops it */
  work(concurrency: number, onTaken: () => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}
