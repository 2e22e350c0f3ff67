import type { AuthAnswer, AuthCall, AuthSource } from './auth-calls.ts';
import type { SignedIn } from './identity.ts';
import type { People } from './people.ts';
import type { Sessions } from './sessions.ts';

/** How people come in, where they have accounts: all that the routes under `/v1/auth` need. */
export interface SignIn {
  readonly signUp: 'invitation' | 'open';
  /** Other places by which people may come in. */
  readonly oidc: readonly { readonly id: string; readonly name: string }[];
  readonly people: People;
  readonly sessions: Sessions;
  /** Nobody runs this server yet. */
  needsSetup(): Promise<boolean>;
  /** Asks the library. @throws AppError what it refuses */
  call(call: AuthCall, source: AuthSource): Promise<AuthAnswer>;
  /** Whose session it is, prolonged when it is time. */
  current(
    source: AuthSource,
  ): Promise<{ readonly signedIn: SignedIn | undefined; readonly setCookies: readonly string[] }>;
  /** @throws AppError SETUP_DONE, SETUP_TOKEN_WRONG, PASSWORD_WEAK, EMAIL_TAKEN */
  setUp(administrator: NewAdministrator & { readonly token: string }, source: AuthSource): Promise<AuthAnswer>;
  /** @throws AppError SIGN_UP_CLOSED, INVITATION_NOT_FOUND, FORBIDDEN, PASSWORD_WEAK, EMAIL_TAKEN */
  register(person: NewcomerWithToken, source: AuthSource): Promise<AuthAnswer>;
  /** @throws AppError OIDC_FAILED, INVITATION_NOT_FOUND */
  startOidc(options: OidcStart, source: AuthSource): Promise<AuthAnswer>;
  /** @throws AppError as a password would be refused that somebody chooses by a link */
  checkNewPassword(password: string, about: readonly string[]): Promise<void>;
  /** Puts on record what somebody did to their own account. */
  record(
    action: string,
    personId: string,
    source: AuthSource,
    after?: Readonly<Record<string, unknown>>,
  ): Promise<void>;
}

export interface Newcomer {
  readonly email: string;
  readonly name: string;
  readonly password: string;
  readonly language?: string | undefined;
}

export interface NewAdministrator extends Newcomer {
  /** What the first workspace is called. */
  readonly workspace: string;
}

export interface NewcomerWithToken extends Newcomer {
  readonly invitationToken?: string | undefined;
}

export interface OidcStart {
  readonly providerId: string;
  /** Pages of this server. */
  readonly callbackURL: string;
  readonly errorCallbackURL: string;
  readonly invitationToken?: string | undefined;
}
