import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { FanOut } from '#events/fan-out.ts';
import { createKnown } from '../known.ts';
import type { AuthCaller } from './auth-calls.ts';
import type { Identity, SignedIn } from './identity.ts';
import type { People } from './people.ts';

export interface IdentityDeps {
  readonly call: AuthCaller;
  readonly people: People;
  readonly fanOut: Pick<FanOut, 'on'>;
  /** Of the cookie that says which session a request belongs to. */
  readonly cookieName: string;
}

/** What is not told of holds no longer than this. */
const ttlMs = 15_000;
const limits = { ttlMs, maxEntries: 20_000, maxMissing: 5_000 };

/**
 * Sessions, answered from memory while they are known: by the hash of the cookie, so that what is in memory lets nobody in.
 */
export function createIdentity({ call, people, fanOut, cookieName }: IdentityDeps): Identity & { close(): void } {
  const cookies = new Map<string, string>();
  const known = createKnown<SignedIn>({ ...limits, ask });
  const stop = fanOut.on('access-changed', (ids) => {
    const changed = new Set(ids);
    known.forget(changed.size === 0 ? undefined : (_key, { userId }) => changed.has(userId));
  });

  async function ask(key: string): Promise<SignedIn | undefined> {
    const cookie = `${cookieName}=${cookies.get(key)}`;
    // Prolonging it is for a request whose answer can carry the cookie.
    const query = { disableRefresh: 'true' };
    const source = { headers: { cookie }, ip: '127.0.0.1' };
    const { body } = await call({ method: 'GET', path: '/get-session', query }, source);
    return signedInOf(body);
  }

  return {
    async session(headers) {
      const cookie = cookieOf(headers, cookieName);
      if (cookie === undefined) return undefined;
      const key = createHash('sha256').update(cookie).digest('base64url');
      // Asking begins before this returns, and reads it then.
      cookies.set(key, cookie);
      try {
        return await known.get(key);
      } finally {
        cookies.delete(key);
      }
    },
    people: (ids) => people.byIds(ids),
    byEmail: (email) => people.byEmail(email),
    endSessions: (userId) => people.endSessions(userId),
    close: stop,
  };
}

/** @param body what the library says of a session: `{session, user}`, or null */
export function signedInOf(body: unknown): SignedIn | undefined {
  const { session } = Object(body) as {
    session?: { id: string; userId: string; workspaceId?: string | null };
  };
  return session && { userId: session.userId, sessionId: session.id, tenantId: session.workspaceId ?? undefined };
}

function cookieOf({ cookie = '' }: IncomingHttpHeaders, name: string): string | undefined {
  const found = cookie.split(';').find((part) => part.trimStart().startsWith(`${name}=`));
  const value = found?.slice(found.indexOf('=') + 1).trim();
  return value === '' || (value?.length ?? 0) > 500 ? undefined : value;
}
