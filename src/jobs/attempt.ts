import type { ErrorCode } from '#kernel/errors.ts';

/** One try of a job. Its number is the fence: only the current one may settle the job. */
export interface Attempt {
  readonly id: string;
  readonly attempt: number;
}

export interface Reason {
  readonly code: ErrorCode;
  readonly detail: string;
}
