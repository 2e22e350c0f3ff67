import { type Static, Type } from 'typebox';
import { type TokensConfig, tokenContradictions, tokensConfig, tokenVariables } from './config-tokens.ts';

const mailAddress = { pattern: '^[^\\s@<>,]+@[^\\s@<>,]+$' };

/** Who may sign in and how; `configSchema` takes these in. */
export const accountVariables = {
  ESTEIRA_AUTH_SECRET: Type.Optional(
    Type.String({
      description:
        'Signs the cookies of sessions and encrypts second factors. A change signs everybody out and makes second ' +
        'factors useless.',
      derived: 'one that the database keeps',
      pattern: '^\\S{32,}$',
      expected: 'at least 32 characters without spaces',
      secret: true,
    }),
  ),
  ESTEIRA_SIGN_UP: Type.Enum(['invitation', 'open'], {
    description:
      'Who may make an account: whom a member of a workspace has invited, or everybody. With `open`, an address must ' +
      'be confirmed before its owner can sign in, and everybody gets a workspace of their own.',
    default: 'invitation',
  }),
  ESTEIRA_ADMIN_EMAIL: Type.Optional(
    Type.String({
      description: 'The first administrator, made at the start while there is none. Needs `ESTEIRA_ADMIN_PASSWORD`.',
      derived: 'none: the log shows a token for the page that makes one',
      ...mailAddress,
      expected: 'an e-mail address',
    }),
  ),
  ESTEIRA_ADMIN_PASSWORD: Type.Optional(
    Type.String({
      description: 'Their first password; better in a file (`ESTEIRA_ADMIN_PASSWORD_FILE`). Later starts ignore it.',
      derived: 'none',
      minLength: 10,
      maxLength: 128,
      expected: 'at least 10 characters',
      secret: true,
    }),
  ),
  ESTEIRA_OIDC_ISSUER: Type.Optional(
    Type.String({
      description:
        'An OpenID Connect provider by which people may sign in; its document is at `/.well-known/openid-configuration` ' +
        'under this address. Give it `<ESTEIRA_PUBLIC_URL>/v1/auth/callback/oidc` as the redirect address.',
      derived: 'none',
      pattern: '^https?://[^\\s?#@]+$',
      expected: 'an address like https://id.example.com',
    }),
  ),
  ESTEIRA_OIDC_CLIENT_ID: Type.Optional(Type.String({ description: 'What the provider calls us.', derived: 'none' })),
  ESTEIRA_OIDC_CLIENT_SECRET: Type.Optional(
    Type.String({ description: 'What the provider knows us by.', derived: 'none', secret: true }),
  ),
  ESTEIRA_OIDC_NAME: Type.String({ description: 'What the button to it says.', default: 'OpenID', maxLength: 60 }),
  ESTEIRA_OIDC_EMAIL_DOMAINS: Type.Array(Type.String({ pattern: '^[a-z0-9-]+(\\.[a-z0-9-]+)+$' }), {
    description:
      'Whom it may sign in: the ends of their addresses. These people need no invitation. Empty: everybody who has an ' +
      'account or an invitation.',
    default: [],
    expected: 'domains like example.com, separated by commas',
  }),
  ESTEIRA_SMTP_URL: Type.Optional(
    Type.String({
      description: 'Server that takes mail: `smtps://user:password@mail.example.com`, or `smtp://` with STARTTLS.',
      derived: 'none: mails, with their links, are written to the log',
      pattern: '^smtps?://\\S+$',
      expected: 'an address like smtps://user:password@mail.example.com',
      secret: true,
    }),
  ),
  ESTEIRA_MAIL_FROM: Type.Optional(
    Type.String({
      description: 'Who mails are from. Needed with `ESTEIRA_SMTP_URL`.',
      derived: 'none',
      pattern: '^([^<>\\r\\n]*<[^\\s@<>]+@[^\\s@<>]+>|[^\\s@<>]+@[^\\s@<>]+)$',
      expected: 'an address like esteira@example.com or Esteira <esteira@example.com>',
    }),
  ),
  ...tokenVariables,
};

const variables = Type.Object(accountVariables);
type Settings = Static<typeof variables>;

export interface AccountsConfig {
  /** Undefined: one that the database keeps. */
  readonly secret: string | undefined;
  readonly signUp: 'invitation' | 'open';
  readonly firstAdministrator: { readonly email: string; readonly password: string } | undefined;
  readonly oidc: OidcConfig | undefined;
  /** Undefined: mails go to the log. */
  readonly smtp: { readonly url: string; readonly from: string } | undefined;
  /** Undefined: no outside identity provider speaks for anybody. */
  readonly tokens: TokensConfig | undefined;
}

export interface OidcConfig {
  /** Without a slash at its end. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly name: string;
  /** Empty: all. */
  readonly emailDomains: readonly string[];
}

export function accountsConfig(settings: Settings): AccountsConfig {
  const { ESTEIRA_ADMIN_EMAIL: email, ESTEIRA_ADMIN_PASSWORD: password } = settings;
  const { ESTEIRA_SMTP_URL: url, ESTEIRA_MAIL_FROM: from } = settings;
  return Object.freeze({
    secret: settings.ESTEIRA_AUTH_SECRET,
    signUp: settings.ESTEIRA_SIGN_UP,
    firstAdministrator: email && password ? { email, password } : undefined,
    oidc: oidcConfig(settings),
    smtp: url && from ? { url, from } : undefined,
    tokens: tokensConfig(settings),
  });
}

function oidcConfig(settings: Settings): OidcConfig | undefined {
  const { ESTEIRA_OIDC_ISSUER: issuer, ESTEIRA_OIDC_CLIENT_ID: clientId = '' } = settings;
  if (issuer === undefined) return undefined;
  return {
    issuer: issuer.replace(/\/$/, ''),
    clientId,
    clientSecret: settings.ESTEIRA_OIDC_CLIENT_SECRET ?? '',
    name: settings.ESTEIRA_OIDC_NAME,
    emailDomains: Object.freeze(settings.ESTEIRA_OIDC_EMAIL_DOMAINS),
  };
}

/** Values that are right alone and wrong together. */
export function accountContradictions(
  settings: Settings & { ESTEIRA_PUBLIC_URL?: string; ESTEIRA_AUTH: string },
): [boolean, string][] {
  const { ESTEIRA_ADMIN_EMAIL: email, ESTEIRA_ADMIN_PASSWORD: password } = settings;
  const { ESTEIRA_SMTP_URL: smtp, ESTEIRA_MAIL_FROM: from } = settings;
  const { ESTEIRA_OIDC_ISSUER: issuer, ESTEIRA_OIDC_CLIENT_ID: id, ESTEIRA_OIDC_CLIENT_SECRET: secret } = settings;
  return [
    ...tokenContradictions(settings),
    [
      (email === undefined) !== (password === undefined),
      'ESTEIRA_ADMIN_EMAIL and ESTEIRA_ADMIN_PASSWORD belong together: set both, or none.',
    ],
    [
      (smtp === undefined) !== (from === undefined),
      'ESTEIRA_SMTP_URL and ESTEIRA_MAIL_FROM belong together: set both.',
    ],
    [
      (issuer === undefined) !== (id === undefined) || (issuer === undefined) !== (secret === undefined),
      'ESTEIRA_OIDC_ISSUER, ESTEIRA_OIDC_CLIENT_ID and ESTEIRA_OIDC_CLIENT_SECRET belong together: set all three, or none.',
    ],
    [
      issuer !== undefined && settings.ESTEIRA_PUBLIC_URL === undefined,
      'ESTEIRA_OIDC_ISSUER needs ESTEIRA_PUBLIC_URL: the provider sends people back there.',
    ],
  ];
}
