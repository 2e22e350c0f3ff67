import { AppError } from '#kernel/errors.ts';

/**
 * What people call something, as it is kept: without spaces around it.
 *
 * @throws AppError INVALID_PARAMETERS when it is empty, longer, or has what cannot be shown in a line
 */
export function nameText(what: string, text: string, maxLength: number): string {
  const name = text.trim();
  if (name !== '' && name.length <= maxLength && name.isWellFormed() && !/\p{Cc}/u.test(name)) return name;
  throw new AppError(
    'INVALID_PARAMETERS',
    `${what} must be 1 to ${maxLength} characters of text in one line, without control characters.`,
  );
}
