/**
 * What a server with accounts is told in tests: all of them come from one address, so nobody is counted by it, and
 * nobody is stopped for signing in too often.
 */
export const accountsEnv = {
  ESTEIRA_AUTH: 'accounts',
  ESTEIRA_RATE_LIMIT_IP_PER_MINUTE: '0',
  ESTEIRA_RATE_LIMIT_USER_PER_MINUTE: '0',
  ESTEIRA_RATE_LIMIT_HEAVY_JOBS_PER_MINUTE: '0',
  ESTEIRA_RATE_LIMIT_SIGN_IN_ATTEMPTS: '1000',
} as const;

export const administrator = { email: 'administrator@example.com', password: 'quite a long pass phrase 41' };

/** … where the first administrator is there from the start. */
export const administeredEnv = {
  ...accountsEnv,
  ESTEIRA_ADMIN_EMAIL: administrator.email,
  ESTEIRA_ADMIN_PASSWORD: administrator.password,
} as const;

/** … where mail goes out, and people may come with an account of a provider that calls itself Corp. */
export function outsideEnv(origin: string, smtpUrl: string, issuer: string) {
  return {
    ESTEIRA_SIGN_UP: 'open',
    ESTEIRA_PUBLIC_URL: origin,
    ESTEIRA_SMTP_URL: smtpUrl,
    ESTEIRA_MAIL_FROM: 'Esteira <esteira@example.com>',
    ESTEIRA_OIDC_ISSUER: issuer,
    ESTEIRA_OIDC_CLIENT_ID: 'esteira',
    ESTEIRA_OIDC_CLIENT_SECRET: 'a secret of the test',
    ESTEIRA_OIDC_NAME: 'Corp',
  } as const;
}
