import { AppError, type ErrorCode } from '#kernel/errors.ts';

interface Meaning {
  readonly code: ErrorCode;
  readonly detail: string;
}

const wrongCredentials: Meaning = { code: 'WRONG_CREDENTIALS', detail: 'The address or the password is not right.' };
const wrongCode: Meaning = { code: 'WRONG_CODE', detail: 'The code is not right, or was used already.' };
const begin: Meaning = { code: 'UNAUTHENTICATED', detail: 'Sign in with your password first, then send the code.' };
const link: Meaning = {
  code: 'LINK_EXPIRED',
  detail: 'The link is wrong, was used, or is too old. Ask for a new one.',
};
const factorIsOn: Meaning = { code: 'SECOND_FACTOR_STATE', detail: 'The second factor is on. Switch it off first.' };
const factorIsOff: Meaning = { code: 'SECOND_FACTOR_STATE', detail: 'There is no second factor. Switch it on first.' };
const locked: Meaning = {
  code: 'RATE_LIMITED',
  detail: 'Too many wrong codes. Wait a quarter of an hour, then sign in.',
};
const passkey: Meaning = {
  code: 'PASSKEY_INVALID',
  detail: 'This passkey was not accepted. Try again, or use a password.',
};
const length: Meaning = { code: 'PASSWORD_WEAK', detail: 'Use 10 to 128 characters.' };

/** What the library's words mean here. */
const meanings: Readonly<Record<string, Meaning>> = {
  INVALID_EMAIL_OR_PASSWORD: wrongCredentials,
  INVALID_PASSWORD: wrongCredentials,
  CREDENTIAL_ACCOUNT_NOT_FOUND: wrongCredentials,
  INVALID_EMAIL: wrongCredentials,
  PASSWORD_TOO_SHORT: length,
  PASSWORD_TOO_LONG: length,
  EMAIL_NOT_VERIFIED: {
    code: 'EMAIL_UNVERIFIED',
    detail: 'Confirm your address first: a link was sent to it.',
  },
  ACCOUNT_DISABLED: { code: 'ACCOUNT_DISABLED', detail: 'This account was closed by whoever runs the server.' },
  INVALID_TOKEN: link,
  TOKEN_EXPIRED: link,
  USER_NOT_FOUND: link,
  INVALID_CODE: wrongCode,
  INVALID_BACKUP_CODE: wrongCode,
  INVALID_TWO_FACTOR_COOKIE: begin,
  TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: locked,
  ACCOUNT_TEMPORARILY_LOCKED: locked,
  TOTP_ALREADY_ENABLED: factorIsOn,
  TOTP_NOT_ENABLED: factorIsOff,
  TWO_FACTOR_NOT_ENABLED: factorIsOff,
  BACKUP_CODES_NOT_ENABLED: factorIsOff,
  SESSION_NOT_FRESH: { code: 'SIGN_IN_AGAIN', detail: 'You signed in more than an hour ago. Sign out and in first.' },
  CHALLENGE_NOT_FOUND: passkey,
  PASSKEY_NOT_FOUND: passkey,
  AUTHENTICATION_FAILED: passkey,
  FAILED_TO_VERIFY_REGISTRATION: passkey,
  YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY: passkey,
  PROVIDER_NOT_FOUND: { code: 'OIDC_FAILED', detail: 'There is no other place to sign in by, or it does not answer.' },
};

const byStatus: Readonly<Record<number, Meaning>> = {
  400: { code: 'BAD_REQUEST', detail: 'The request cannot be used as it is.' },
  401: { code: 'UNAUTHENTICATED', detail: 'Sign in first.' },
  403: { code: 'FORBIDDEN', detail: 'This may not be done with this account.' },
  404: { code: 'NOT_FOUND', detail: 'There is nothing at this address.' },
  409: { code: 'WRONG_CODE', detail: 'The code was used at the same moment. Use another one.' },
};

/** @param code as the library says it, if it says one */
export function authError(status: number, code: unknown): AppError {
  const meaning = (typeof code === 'string' ? meanings[code] : undefined) ?? byStatus[status];
  if (meaning !== undefined) return new AppError(meaning.code, meaning.detail);
  return new AppError('INTERNAL', 'Internal Server Error', {
    cause: new Error(`the library answered ${status} ${code}`),
  });
}

const oidcReasons: Readonly<Record<string, string>> = {
  domain_not_allowed: 'Your address is not among those that may sign in here.',
  signup_disabled: 'Nobody has invited your address. Ask a member of a workspace for an invitation.',
  email_not_verified: 'The other place does not know whether your address is yours. Confirm it there first.',
  account_not_linked:
    'There is an account with your address, which was never confirmed. Sign in with its password and confirm it.',
  ACCOUNT_DISABLED: 'This account was closed by whoever runs the server.',
};

/** @param reason a word of the library, of the protocol (RFC 6749, 4.1.2.1), or of ours */
export function oidcError(reason: string): AppError {
  const detail = oidcReasons[reason] ?? 'What came back belongs to no sign-in that this browser began. Begin again.';
  return new AppError('OIDC_FAILED', detail, { extensions: { reason: reason.slice(0, 60) } });
}
