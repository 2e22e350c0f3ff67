import { authCaller } from '#accounts/identity/auth-calls.ts';
import { createAuthLibrary, type MailedPerson } from '#accounts/identity/auth-library.ts';
import type { Identity } from '#accounts/identity/identity.ts';
import { createIdentity } from '#accounts/identity/identity-service.ts';
import type { People } from '#accounts/identity/people.ts';
import { createSessions } from '#accounts/identity/sessions.ts';
import { createSetupTokens } from '#accounts/identity/setup-tokens.ts';
import type { SignIn } from '#accounts/identity/sign-in.ts';
import { createSignIn, found, type SignInDeps } from '#accounts/identity/sign-in-service.ts';
import { letter, type Occasion } from '#accounts/mail/letters.ts';
import { logSender } from '#accounts/mail/log-sender.ts';
import { mailLanguage } from '#accounts/mail/mail.ts';
import { createOutgoingMail, type OutgoingMail } from '#accounts/mail/outgoing-mail.ts';
import { smtpSender } from '#accounts/mail/smtp-sender.ts';
import type { SendInvitation } from '#accounts/members/invitation-service.ts';
import type { Invitations, Memberships } from '#accounts/members/membership.ts';
import type { Config } from '#config.ts';
import { sharedSecret } from '#database/secrets.ts';
import { every } from '#jobs/every.ts';
import { AppError } from '#kernel/errors.ts';
import { openAudit } from './audit.ts';
import type { Parts } from './parts.ts';
import { openPeople } from './people.ts';

/** What there is where people sign in. */
export interface OpenIdentity {
  readonly identity: Identity;
  readonly people: People;
  readonly sendInvitation: SendInvitation;
  /**
   * What lets people in needs to know where they belong.
   *
   * @param listens whether it matters that nobody runs this server yet
   */
  signIn(where: Belonging, listens: boolean): Promise<SignIn>;
}

interface Belonging {
  readonly memberships: Memberships;
  readonly invitations: Invitations;
}

const collectMs = 3_600_000;

/** Who people are. */
export async function openIdentity(parts: Parts, opened: AsyncDisposableStack): Promise<OpenIdentity> {
  const { config, engines, log } = parts;
  const { db } = engines.database;
  const { fanOut } = engines;
  const changed = (personId: string): void => fanOut.tell('access-changed', [personId]);
  const people = openPeople(parts);
  const sessions = createSessions(db, changed);
  const collector = every(
    collectMs,
    () => sessions.collect(),
    (err) => log.warn({ err }, 'sessions that are over could not be removed; trying again'),
  );
  opened.defer(() => collector.close());
  const mail = openMail(parts, opened);
  const origin = originOf(config);
  const sendLink =
    (occasion: Occasion, path: string) =>
    ({ email, language }: MailedPerson, token: string): void =>
      mail.send(letter(email, occasion, mailLanguage(language), `${origin}${path}${token}`));
  let belonging: Belonging | undefined;
  const library = createAuthLibrary({
    db,
    log,
    origin,
    isPublic: config.publicUrl !== undefined,
    secret: config.accounts.secret ?? (await sharedSecret(db, 'auth')).toString('base64url'),
    signUp: config.accounts.signUp,
    oidc: config.accounts.oidc,
    // Behind a #, which browsers send to nobody.
    sendResetMail: sendLink('reset', '/reset-password#'),
    sendVerificationMail: sendLink('verify', '/v1/auth/verify-email?token='),
    passwordReset: (personId) => people.endPending(personId),
    async signedIn(personId) {
      if (config.accounts.signUp !== 'open' || belonging === undefined) return;
      const { memberships } = belonging;
      if ((await memberships.of(personId)).length > 0) return;
      const [person] = await people.byIds([personId]);
      if (person !== undefined) await memberships.found(person.name || person.email, personId);
    },
    sessionsChanged: changed,
  });
  const call = authCaller(library, origin);
  const identity = createIdentity({ call, people, fanOut, cookieName: library.cookieName });
  opened.defer(async () => identity.close());
  return {
    identity,
    people,
    sendInvitation({ email, tenantName, token, userId }) {
      const send = (language: string | null | undefined): void =>
        mail.send(
          letter(email, 'invitation', mailLanguage(language), `${origin}/join#${token}`, { workspace: tenantName }),
        );
      // Nobody knows which language a stranger reads; most likely that of whoever invites them.
      people.byIds([userId]).then(
        ([person]) => send(person?.language),
        () => send(undefined),
      );
    },
    async signIn(where, listens) {
      belonging = where;
      const setupTokens = createSetupTokens(db);
      const deps: SignInDeps = {
        ...where,
        call,
        people,
        sessions,
        setupTokens,
        mail,
        origin,
        log,
        audit: openAudit(parts),
        signUp: config.accounts.signUp,
        oidcName: config.accounts.oidc?.name,
      };
      if (listens) await offerSetup(parts, deps);
      return createSignIn(deps);
    },
  };
}

function openMail({ config, log }: Parts, opened: AsyncDisposableStack): OutgoingMail {
  const { smtp } = config.accounts;
  const mail = createOutgoingMail({ sender: smtp === undefined ? logSender(log) : smtpSender(smtp), log });
  opened.defer(() => mail.close());
  return mail;
}

/** For links: never what a request says of itself, since that may be whoever sends it. */
function originOf({ publicUrl, host, port }: Config): string {
  if (publicUrl !== undefined) return publicUrl;
  const name = ['0.0.0.0', '::', '127.0.0.1', '::1'].includes(host) ? 'localhost' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

/** Makes the first administrator, or says by which token somebody becomes it. */
async function offerSetup({ config, log }: Parts, deps: SignInDeps): Promise<void> {
  if (config.publicUrl?.startsWith('https:') !== true) {
    log.warn('ESTEIRA_PUBLIC_URL is not an https address: cookies of sessions can be read on the way');
  }
  if (!(await deps.people.needsFounder())) return;
  const { firstAdministrator: first } = config.accounts;
  if (first !== undefined) {
    const name = first.email.split('@')[0] ?? first.email;
    try {
      await found(deps, { ...first, name, workspace: 'Esteira' });
      log.info({ email: first.email }, 'the first administrator is there');
    } catch (error) {
      // Another process was first.
      if (!(error instanceof AppError) || !['SETUP_DONE', 'EMAIL_TAKEN'].includes(error.code)) throw error;
    }
    return;
  }
  const token = await deps.setupTokens.make();
  log.warn(
    { at: `${deps.origin}/setup#${token}` },
    'nobody runs this server yet: whoever opens this address sets it up',
  );
}
