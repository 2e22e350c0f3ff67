import { AppError } from '#kernel/errors.ts';
import type { ByteRange } from './object-store.ts';

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

export function objectNotFound(sha256: string): AppError {
  return new AppError('OBJECT_NOT_FOUND', `There is no stored object ${sha256}. It may have been removed.`);
}

export function notSatisfiable({ start, end }: ByteRange, sizeBytes: number): AppError {
  return new AppError('RANGE_NOT_SATISFIABLE', `Bytes ${start}-${end} were asked for; the object has ${sizeBytes}.`, {
    extensions: { sizeBytes },
  });
}

/** Whether the numbers can be a range at all. */
export function isRange({ start, end }: ByteRange): boolean {
  return Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start <= end;
}
