import type { Actor } from '#kernel/actor.ts';
import type { StoredOutput } from '../find-output.ts';

/** Leave to read one output of a job without a login, until it ends or is taken back. */
export interface Share {
  readonly id: string;
  readonly jobId: string;
  readonly outputIndex: number;
  /** What the file is called for those who open it. */
  readonly name: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface CreateShare {
  readonly jobId: string;
  readonly outputIndex: number;
  readonly name?: string | undefined;
  readonly expiresInSeconds: number;
}

export interface Shares {
  /** @throws AppError JOB_NOT_FOUND, JOB_NOT_FINISHED, OUTPUT_NOT_FOUND, SHARE_LIMIT */
  create(actor: Actor, request: CreateShare): Promise<Share>;
  /**
   * Those that are open, newest first.
   *
   * @param jobId of one job only
   */
  list(actor: Actor, jobId?: string): Promise<readonly Share[]>;
  /** At once and for good. @throws AppError SHARE_NOT_FOUND */
  revoke(actor: Actor, id: string): Promise<void>;
}

export type OpenedShare = StoredOutput & Pick<Share, 'name' | 'expiresAt'>;
