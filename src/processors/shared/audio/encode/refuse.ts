import { AppError } from '#kernel/errors.ts';

/** What a file format cannot hold, and what to do about it. */
export function refuse(format: string, what: string, remedy: string): AppError {
  return new AppError('INVALID_PARAMETERS', `${format} cannot hold ${what}: ${remedy}.`);
}
