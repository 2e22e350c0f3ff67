import { passkey } from '@better-auth/passkey';
import { betterAuth } from 'better-auth';
import { APIError, getOAuthState } from 'better-auth/api';
import { genericOAuth, twoFactor } from 'better-auth/plugins';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { Database } from '#database/schema.ts';
import { newId } from '#kernel/ids.ts';
import {
  credentialTable,
  passkeyTable,
  personTable,
  secondFactorTables,
  sessionTable,
  verificationTable,
} from './auth-tables.ts';
import { type OidcOptions, oidcProvider } from './oidc-provider.ts';
import { passwordLength } from './passwords/password-rules.ts';

/** What the library needs to know of us. */
export interface AuthLibraryDeps {
  readonly db: Kysely<Database>;
  readonly secret: string;
  readonly log: Logger;
  /** Where people reach this server: `https://media.example`. */
  readonly origin: string;
  /** Whether that is known for sure; if not, links and passkeys work on this machine alone. */
  readonly isPublic: boolean;
  readonly signUp: 'invitation' | 'open';
  readonly oidc: OidcOptions | undefined;
  sendResetMail(person: MailedPerson, token: string): void;
  sendVerificationMail(person: MailedPerson, token: string): void;
  /** They have chosen a new password by a link. */
  passwordReset(personId: string): Promise<void>;
  /** Somebody has signed in. */
  signedIn(personId: string): Promise<void>;
  /** Their sessions are not what they were. */
  sessionsChanged(personId: string): void;
}

export interface MailedPerson {
  readonly email: string;
  readonly language: string | null;
}

/** A request of ours to the library, and what it answers. */
export interface AuthLibrary {
  handle(request: Request): Promise<Response>;
  /** Of the cookie of a session. */
  readonly cookieName: string;
}

export const authBasePath = '/v1/auth';
/** Of the client, as far as proxies are trusted; nobody outside can send it. */
export const clientAddressHeader = 'x-esteira-client-address';
/** Where the library sends browsers when it does not know where they came from. */
export const lostPath = '/lost-on-the-way';

const sessionSeconds = 7 * 86_400;

/**
 * better-auth, as far as we use it: passwords, sessions, second factors, passkeys, one OpenID Connect provider. Its
 * endpoints are reached through our routes alone.
 */
export function createAuthLibrary(deps: AuthLibraryDeps): AuthLibrary {
  const { origin, isPublic, oidc } = deps;
  const isSecure = origin.startsWith('https:');
  const host = new URL(origin).hostname;
  const cookiePrefix = isSecure ? '__Host-esteira' : 'esteira';
  const auth = betterAuth({
    appName: 'Esteira',
    baseURL: origin,
    basePath: authBasePath,
    secret: deps.secret,
    database: { db: deps.db, type: 'postgres', transaction: true },
    telemetry: { enabled: false },
    // Ours counts, for all processes together, before a password is looked at.
    rateLimit: { enabled: false },
    logger: { level: 'error', log: (_level, message) => deps.log.warn({ reason: message }, 'signing in') },
    onAPIError: { errorURL: `${origin}${lostPath}` },
    user: {
      ...personTable,
      additionalFields: {
        language: { type: 'string', required: false },
        operator: { type: 'boolean', required: false, input: false },
        disabledAt: { type: 'date', required: false, input: false, fieldName: 'disabled_at' },
      },
      validateUserInfo: async ({ user, source }) =>
        source.method === 'oauth' ? await refuseStranger(deps, source.action, user) : undefined,
    },
    session: {
      ...sessionTable,
      additionalFields: {
        workspaceId: { type: 'string', required: false, input: false, fieldName: 'workspace_id' },
      },
      expiresIn: sessionSeconds,
      updateAge: 86_400,
      freshAge: 3_600,
      // A copy of the session in a cookie has let people in before their second factor.
      cookieCache: { enabled: false },
    },
    account: {
      ...credentialTable,
      accountLinking: { enabled: true, disableImplicitLinking: false, requireLocalEmailVerified: true },
    },
    verification: { ...verificationTable, storeIdentifier: 'hashed' },
    emailAndPassword: {
      enabled: true,
      // People are made by us, see people.ts.
      disableSignUp: true,
      requireEmailVerification: deps.signUp === 'open',
      minPasswordLength: passwordLength.min,
      maxPasswordLength: passwordLength.max,
      revokeSessionsOnPasswordReset: true,
      resetPasswordTokenExpiresIn: 3_600,
      onPasswordReset: async ({ user }) => await deps.passwordReset(user.id),
      sendResetPassword: async ({ user, token }) => deps.sendResetMail(mailed(user), token),
    },
    emailVerification: {
      sendOnSignIn: true,
      autoSignInAfterVerification: false,
      expiresIn: 86_400,
      sendVerificationEmail: async ({ user, token }) => deps.sendVerificationMail(mailed(user), token),
    },
    databaseHooks: {
      session: {
        create: {
          before: async (session, context) => {
            // In the library's own transaction, if there is one: the embedded database has one connection.
            const person = await context?.context.internalAdapter.findUserById(session.userId);
            if (person !== null && Object(person).disabledAt) {
              throw new APIError('FORBIDDEN', { code: 'ACCOUNT_DISABLED', message: 'disabled' });
            }
          },
          after: async (session) => await deps.signedIn(session.userId),
        },
        delete: { after: async (session) => deps.sessionsChanged(session.userId) },
      },
      account: {
        // Nothing is asked of the provider on somebody's behalf later: what is not kept cannot be lost.
        create: { before: async (account) => ({ data: { ...account, ...noTokens } }) },
        update: { before: async (account) => ({ data: { ...account, ...noTokens } }) },
      },
    },
    advanced: {
      database: { generateId: () => newId() },
      ipAddress: { ipAddressHeaders: [clientAddressHeader] },
      // `__Host-`: set by this host over TLS, for this host alone.
      cookiePrefix,
      useSecureCookies: false,
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', secure: isSecure, path: '/' },
      // api/plugins/request-guards.ts has looked at where the request comes from.
      disableCSRFCheck: true,
    },
    plugins: [
      twoFactor({ issuer: 'Esteira', schema: secondFactorTables, trustDeviceMaxAge: 30 * 86_400 }),
      passkey({
        rpName: 'Esteira',
        rpID: isPublic ? host : 'localhost',
        origin: isPublic ? origin : null,
        authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
        schema: passkeyTable,
        authentication: {
          // It stands for a password and a second factor: it must have been unlocked by its owner.
          afterVerification: async ({ verification }) => {
            if (verification.authenticationInfo.userVerified) return;
            throw new APIError('UNAUTHORIZED', { code: 'AUTHENTICATION_FAILED', message: 'not unlocked' });
          },
        },
        advanced: { webAuthnChallengeCookie: 'passkey' },
      }),
      ...(oidc === undefined ? [] : [genericOAuth({ config: [oidcProvider(oidc)] })]),
    ],
  });
  return { handle: (request) => auth.handler(request), cookieName: `${cookiePrefix}.session_token` };
}

const noTokens = {
  accessToken: null,
  accessTokenExpiresAt: null,
  refreshToken: null,
  refreshTokenExpiresAt: null,
  idToken: null,
};

/** @returns why somebody whom the provider knows may not come in */
async function refuseStranger(
  { oidc, signUp }: AuthLibraryDeps,
  action: string | undefined,
  { email, emailVerified }: { email?: string | null | undefined; emailVerified?: boolean | undefined },
): Promise<{ error: string } | undefined> {
  const address = email?.toLowerCase() ?? '';
  const domains = oidc?.emailDomains ?? [];
  const isListed = domains.includes(address.split('@').at(-1) ?? '');
  if (domains.length > 0 && !isListed) return { error: 'domain_not_allowed' };
  if (action === 'sign-in' || action === 'link-account') return undefined;
  if (emailVerified !== true) return { error: 'email_not_verified' };
  const invited = Object((await getOAuthState()) ?? {}) as { invitedEmail?: unknown };
  return isListed || signUp === 'open' || invited.invitedEmail === address ? undefined : { error: 'signup_disabled' };
}

function mailed(user: object): MailedPerson {
  const { email, language } = user as { email: string; language?: string | null };
  return { email, language: language ?? null };
}
