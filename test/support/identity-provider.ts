import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import { keep } from './person.ts';

export interface TestIdentityProvider extends AsyncDisposable {
  readonly issuer: string;
  /**
   * Signs in there as a person would, on its own pages.
   *
   * @param url where the browser was sent @returns where it is sent back to
   */
  signIn(url: string, subject: string): Promise<string>;
}

export interface TestClaims {
  readonly email: string;
  readonly email_verified: boolean;
  readonly name?: string;
}

/** A certified OpenID Connect server, for one client. @param people claims by subject */
export async function startIdentityProvider(
  redirectUri: string,
  people: Readonly<Record<string, TestClaims>>,
): Promise<TestIdentityProvider> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'esteira', client_secret: 'a secret of the test', redirect_uris: [redirectUri] }],
    claims: { email: ['email', 'email_verified'], profile: ['name'] },
    cookies: { keys: ['a key of the test'] },
    pkce: { required: () => true },
    async findAccount(_context, sub) {
      return { accountId: sub, claims: async () => ({ sub, ...people[sub] }) };
    },
  });
  server.on('request', provider.callback());
  return {
    issuer,
    async signIn(url, subject) {
      const cookies = new Map<string, string>();
      let next = { url, body: undefined as string | undefined };
      for (let step = 0; step < 12; step++) {
        const response = await fetch(next.url, {
          redirect: 'manual',
          headers: {
            cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
            ...(next.body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
          },
          ...(next.body !== undefined && { method: 'POST', body: next.body }),
        });
        for (const line of response.headers.getSetCookie()) keep(cookies, line);
        const location = response.headers.get('location');
        if (location !== null) {
          const there = new URL(location, next.url);
          if (there.href.startsWith(redirectUri)) return there.href;
          next = { url: there.href, body: undefined };
          continue;
        }
        const page = await response.text();
        const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
        if (prompt === undefined) throw new Error(`the provider says: ${page.slice(0, 400)}`);
        next = { url: next.url, body: String(new URLSearchParams({ prompt, login: subject, password: 'any' })) };
      }
      throw new Error('the provider leads nowhere');
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
