import { AppError } from '#kernel/errors.ts';

/** Whether a system call failed with one of these codes: `ENOENT`, `EXDEV`. */
export function isSystemError(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/** An error of a write as its caller should see it: a full disk is STORAGE_FULL, anything else stays itself. */
export function writeError(error: unknown): unknown {
  if (!isSystemError(error, 'ENOSPC', 'EDQUOT')) return error;
  return new AppError('STORAGE_FULL', 'There is no room left to keep this file. Free some space, then try again.', {
    cause: error,
  });
}
