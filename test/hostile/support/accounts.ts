import assert from 'node:assert/strict';
import { type Answer, type Client, openClient } from './client.ts';
import type { IsolatedServer } from './isolated-server.ts';

/** Somebody who is signed in. */
export interface Person extends Client {
  readonly email: string;
  readonly headers: Readonly<Record<string, string>>;
}

export const password = 'seven Lamps & a blue kettle';

/** What a server with accounts is told. All come from one address here, so that only tries to sign in are limited by it. */
export const accountsEnv = {
  ESTEIRA_AUTH: 'accounts',
  ESTEIRA_AUTH_SECRET: 'secret-of-the-hostile-tests-that-nobody-may-see',
  ESTEIRA_RATE_LIMIT_IP_PER_MINUTE: '0',
  ESTEIRA_RATE_LIMIT_HEAVY_JOBS_PER_MINUTE: '0',
} as const;

/** Makes the first administrator, by the token that the log shows. They own the first workspace and run the server. */
export async function setUp(server: IsolatedServer, client: Client, workspace = 'Alpha'): Promise<Person> {
  const token = /\/setup#([\w-]+)/.exec(await server.log())?.[1];
  assert.ok(token, 'the log shows no token');
  const email = 'ana@alpha.example';
  const answer = await client.sendJson('/v1/auth/setup', { token, email, password, name: 'Ana', workspace });
  assert.equal(answer.status, 200, String(answer.bytes));
  return personOf(server, email, answer);
}

/** Accepts an invitation by making an account. @param url of the invitation */
export async function join(server: IsolatedServer, client: Client, email: string, url: string): Promise<Person> {
  const invitationToken = url.split('#')[1];
  const answer = await client.sendJson('/v1/auth/sign-up/email', {
    email,
    password,
    name: email.split('@')[0],
    invitationToken,
  });
  assert.equal(answer.status, 200, String(answer.bytes));
  return personOf(server, email, answer);
}

export async function invite(by: Client, email: string, role: string): Promise<string> {
  const answer = await by.sendJson('/v1/invitations', { email, role });
  assert.equal(answer.status, 201, String(answer.bytes));
  return answer.json().url;
}

/** @returns the key, and its id */
export async function makeKey(
  by: Client,
  scopes: readonly string[],
  more: object = {},
): Promise<{ id: string; key: string }> {
  const answer = await by.sendJson('/v1/api-keys', { name: 'test', scopes, ...more });
  assert.equal(answer.status, 201, String(answer.bytes));
  const { id, key } = answer.json();
  return { id, key };
}

export function cookieOf(answer: Answer): string {
  const set = [answer.headers['set-cookie']].flat().filter((one) => one !== undefined);
  return set.map((one) => one.split(';')[0]).join('; ');
}

function personOf(server: IsolatedServer, email: string, answer: Answer): Person {
  const cookie = cookieOf(answer);
  assert.notEqual(cookie, '', 'nobody was signed in');
  // As a browser does it, from a page of the server's own.
  const headers = { cookie, origin: `http://${server.host}` };
  return { ...openClient(server, headers), email, headers };
}
