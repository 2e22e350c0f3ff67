import type { Readable } from 'node:stream';
import type { DataStore } from '@tus/server';

/**
 * Where the bytes of unfinished uploads are: the port is the tus library's own, and what it leaves out.
 *
 * Every byte is written at its place and what is there is never shortened, so that a writer which comes too late, whose
 * lock was lost, can do no harm to an honest sender's file.
 */
export interface UploadStore extends DataStore {
  /** For messages and the contract's report: `local`, `s3`. */
  readonly driver: string;
  /** The whole file of a finished upload. */
  read(id: string): Readable | Promise<Readable>;
  /** Removes what there is of it; nothing is no error. */
  discard(id: string): Promise<void>;
}
