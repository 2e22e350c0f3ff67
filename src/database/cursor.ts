import { AppError } from '#kernel/errors.ts';

/** Where a page ended, as a text that clients do not try to read. */
export function cursorOf(last: string): string {
  return Buffer.from(last).toString('base64url');
}

/** @throws AppError BAD_REQUEST when it is none of ours */
export function afterCursor(cursor: string, accepts: (text: string) => boolean): string {
  const text = Buffer.from(cursor, 'base64url').toString();
  if (accepts(text)) return text;
  throw new AppError('BAD_REQUEST', 'The cursor is not one that a listing returned. Start again without it.');
}
