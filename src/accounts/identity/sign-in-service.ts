import { hashPassword } from 'better-auth/crypto';
import type { Logger } from 'pino';
import type { Audit } from '#audit/audit.ts';
import { AppError } from '#kernel/errors.ts';
import { letter } from '../mail/letters.ts';
import { mailLanguage } from '../mail/mail.ts';
import type { OutgoingMail } from '../mail/outgoing-mail.ts';
import type { Invitations, Memberships } from '../members/membership.ts';
import type { AuthCaller, AuthSource } from './auth-calls.ts';
import { oidcError } from './auth-errors.ts';
import { signedInOf } from './identity-service.ts';
import { oidcProviderId } from './oidc-provider.ts';
import { checkPassword } from './passwords/password-rules.ts';
import { normalEmail, type People } from './people.ts';
import type { Sessions } from './sessions.ts';
import type { SetupTokens } from './setup-tokens.ts';
import type { NewAdministrator, Newcomer, SignIn } from './sign-in.ts';

export interface SignInDeps {
  readonly call: AuthCaller;
  readonly people: People;
  readonly sessions: Sessions;
  readonly setupTokens: SetupTokens;
  readonly memberships: Memberships;
  readonly invitations: Invitations;
  readonly mail: OutgoingMail;
  readonly audit: Audit;
  readonly log: Logger;
  readonly signUp: 'invitation' | 'open';
  readonly oidcName: string | undefined;
  readonly origin: string;
}

export function createSignIn(deps: SignInDeps): SignIn {
  const { call, people, setupTokens, invitations, mail, signUp, oidcName, origin } = deps;

  const record: SignIn['record'] = async (action, personId, { ip, headers }, after) => {
    await deps.audit.record({
      tenantId: null,
      by: { kind: 'user', userId: personId, credentialId: personId },
      action,
      subject: { kind: 'person', id: personId },
      after,
      origin: { ip, userAgent: headers['user-agent'] },
    });
  };

  async function withPassword({ email, password }: Newcomer, source: AuthSource) {
    return await call(
      { method: 'POST', path: '/sign-in/email', body: { email: normalEmail(email), password } },
      source,
    );
  }

  /** Both cases take as long, and are answered alike. */
  async function registerAnybody(newcomer: Newcomer, source: AuthSource): Promise<void> {
    const { email, name, password } = newcomer;
    await checkPassword(password, [normalEmail(email), name]);
    const there = await people.byEmail(email);
    if (there !== undefined) {
      await hashPassword(password);
      mail.send(letter(there.email, 'exists', mailLanguage(there.language), `${origin}/sign-in`));
      return;
    }
    const { id } = await people.add(newcomer);
    await sendVerification(email, source);
    await record('person.registered', id, source);
  }

  async function registerInvited(newcomer: Newcomer, token: string, source: AuthSource): Promise<void> {
    const invitation = await invitations.find(token);
    if (invitation === undefined) throw noInvitation();
    if (normalEmail(newcomer.email) !== invitation.email) {
      throw new AppError('FORBIDDEN', 'The invitation is for another e-mail address. Use that one.');
    }
    const person = await people.add(newcomer);
    try {
      await invitations.accept(token, person);
    } catch (error) {
      await people.remove(person.id);
      throw error;
    }
    await sendVerification(person.email, source);
    await record('person.registered', person.id, source, { invitedTo: invitation.tenantId });
  }

  async function sendVerification(email: string, source: AuthSource): Promise<void> {
    const body = { email: normalEmail(email) };
    // Without the cookies of whoever sits there: it is about somebody new.
    await call({ method: 'POST', path: '/send-verification-email', body }, { ...source, headers: {} });
  }

  return {
    signUp,
    oidc: oidcName === undefined ? [] : [{ id: oidcProviderId, name: oidcName }],
    people,
    sessions: deps.sessions,
    needsSetup: () => people.needsFounder(),
    call,
    checkNewPassword: checkPassword,
    record,

    async current(source) {
      const { body, setCookies } = await call({ method: 'GET', path: '/get-session' }, source);
      return { signedIn: signedInOf(body), setCookies };
    },

    async setUp({ token, ...administrator }, source) {
      if (!(await people.needsFounder())) throw setupDone();
      if (!(await setupTokens.isRight(token))) {
        throw new AppError('SETUP_TOKEN_WRONG', 'This is not the token that the last start of the server has logged.');
      }
      const id = await found(deps, administrator);
      await setupTokens.end();
      await record('server.set-up', id, source);
      return await withPassword(administrator, source);
    },

    async register({ invitationToken, ...newcomer }, source) {
      if (invitationToken !== undefined) {
        await registerInvited(newcomer, invitationToken, source);
        if (signUp === 'invitation') return await withPassword(newcomer, source);
      } else if (signUp === 'open') {
        await registerAnybody(newcomer, source);
      } else {
        throw new AppError(
          'SIGN_UP_CLOSED',
          'Nobody can join here without an invitation. Ask a member of a workspace.',
        );
      }
      return { body: { confirmEmail: true }, setCookies: [], location: undefined };
    },

    async startOidc({ providerId, callbackURL, errorCallbackURL, invitationToken }, source) {
      if (oidcName === undefined || providerId !== oidcProviderId) throw oidcError('unknown_provider');
      const invitation = invitationToken === undefined ? undefined : await invitations.find(invitationToken);
      if (invitationToken !== undefined && invitation === undefined) throw noInvitation();
      const body = {
        provider: providerId,
        callbackURL,
        errorCallbackURL,
        disableRedirect: true,
        // Kept on this side until they come back.
        ...(invitation && { additionalData: { invitedEmail: invitation.email } }),
      };
      return await call({ method: 'POST', path: '/sign-in/social', body }, source);
    },
  };
}

/**
 * The first administrator, with the first workspace: the one that was used while nobody signed in, if there is something in
 * it. @returns their id @throws AppError SETUP_DONE when there is one
 */
export async function found(
  { people, memberships }: Pick<SignInDeps, 'people' | 'memberships'>,
  { workspace, ...newcomer }: NewAdministrator,
): Promise<string> {
  const { id } = await people.add({ ...newcomer, emailVerified: true });
  if (!(await people.makeFounder(id))) {
    await people.remove(id);
    throw setupDone();
  }
  await memberships.found(workspace, id, { first: true });
  return id;
}

function setupDone(): AppError {
  return new AppError('SETUP_DONE', 'Somebody runs this server already. Sign in instead.');
}

function noInvitation(): AppError {
  return new AppError(
    'INVITATION_NOT_FOUND',
    'The invitation was used or taken back, or is too old. Ask for a new one.',
  );
}
