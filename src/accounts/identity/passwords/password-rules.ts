import { AppError } from '#kernel/errors.ts';
import { knownPasswords } from './known-passwords.ts';

export const passwordLength = { min: 10, max: 128 } as const;

/**
 * Long enough, and none of those that are guessed first. No signs of certain kinds are asked for.
 *
 * @param about what stands near the person: their address and name
 * @throws AppError PASSWORD_WEAK, with `reason`: `short`, `long`, `known`, `repetitive` or `personal`
 * @see NIST SP 800-63B-4, section 3.1.1.2
 */
export async function checkPassword(password: string, about: readonly string[]): Promise<void> {
  const length = [...password].length;
  if (length < passwordLength.min) {
    throw weak('short', `The password has ${length} characters; use at least ${passwordLength.min}.`);
  }
  // The length of what is hashed.
  if (password.length > passwordLength.max) {
    throw weak('long', `The password has ${password.length} characters; use at most ${passwordLength.max}.`);
  }
  const plain = password.toLowerCase();
  if (isRepetitive(plain))
    throw weak('repetitive', 'The password repeats itself. Use several words that belong to you.');
  if (about.some((text) => isNear(plain, text.toLowerCase()))) {
    throw weak('personal', 'The password is your address or name. Use several words that nobody connects with you.');
  }
  const known = await knownPasswords();
  if (known.has(plain) || known.has(coreOf(plain))) {
    throw weak('known', 'Many people have used this password, and it is tried first. Use several words instead.');
  }
}

/** `password2024!` is `password` to those who guess. What else is in it counts as long as it is short. */
function coreOf(plain: string): string {
  const core = plain.replace(/^[^a-z]+|[^a-z]+$/g, '');
  return plain.length - core.length <= 6 ? core : plain;
}

/** One text up to four characters long, again and again; or every character one after the one before. */
function isRepetitive(plain: string): boolean {
  if (/^(.{1,4}?)\1+.{0,3}$/su.test(plain)) return true;
  const steps = new Set<number>();
  for (let index = 1; index < plain.length; index++) steps.add(plain.charCodeAt(index) - plain.charCodeAt(index - 1));
  return steps.size === 1;
}

/** The text itself, or what an address has before its @, with at most a few signs more. */
function isNear(plain: string, text: string): boolean {
  const [name = ''] = text.split('@');
  return [text, name].some((part) => part.length >= 4 && plain.includes(part) && plain.length - part.length < 6);
}

function weak(reason: string, detail: string): AppError {
  return new AppError('PASSWORD_WEAK', detail, { extensions: { reason, ...passwordLength } });
}
