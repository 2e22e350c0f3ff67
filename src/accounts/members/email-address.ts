import { AppError } from '#kernel/errors.ts';

/** RFC 5321, 4.5.3.1.3, without the brackets. */
const maxLength = 254;

/**
 * An address as it is kept and compared: in small letters, without spaces around it.
 *
 * @throws AppError INVALID_PARAMETERS for what cannot be one
 */
export function emailAddress(text: string): string {
  const email = text.trim().toLowerCase();
  if (email.length <= maxLength && /^[^\s@<>,;:\\"()[\]\p{Cc}]+@[^\s@<>,;:\\"()[\]\p{Cc}]+$/u.test(email)) return email;
  throw new AppError('INVALID_PARAMETERS', 'email is not an e-mail address. Write one like ana@example.com.');
}
