import type { IncomingHttpHeaders } from 'node:http';
import { authError, oidcError } from './auth-errors.ts';
import { type AuthLibrary, authBasePath, clientAddressHeader, lostPath } from './auth-library.ts';

/** Who asks, for the library: its cookies, and what a session remembers of where it began. */
export interface AuthSource {
  readonly headers: IncomingHttpHeaders;
  readonly ip: string;
}

export interface AuthCall {
  readonly method: 'GET' | 'POST';
  /** Within the library: `/sign-in/email`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: object | undefined;
}

/** What the library has to say, and what the browser is to keep. */
export interface AuthAnswer {
  readonly body: unknown;
  readonly setCookies: readonly string[];
  /** Where the browser goes on, if it does. */
  readonly location: string | undefined;
}

export type AuthCaller = (call: AuthCall, source: AuthSource) => Promise<AuthAnswer>;

/** @returns what calls the library. It throws AppError for everything that the library refuses. */
export function authCaller(library: AuthLibrary, origin: string): AuthCaller {
  return async ({ method, path, query = {}, body }, { headers, ip }) => {
    const url = new URL(`${origin}${authBasePath}${path}`);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
    const response = await library.handle(
      new Request(url, {
        method,
        headers: given({
          cookie: headers.cookie,
          origin: headers.origin,
          'user-agent': headers['user-agent']?.slice(0, 500),
          [clientAddressHeader]: ip,
          'content-type': body === undefined ? undefined : 'application/json',
        }),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    );
    const text = await response.text();
    const answered: unknown = text === '' ? undefined : JSON.parse(text);
    if (response.status >= 400) throw authError(response.status, Object(answered).code);
    const location = response.headers.get('location') ?? undefined;
    if (location?.includes(lostPath)) throw oidcError(new URL(location).searchParams.get('error') ?? 'lost');
    return { body: answered, setCookies: response.headers.getSetCookie(), location };
  };
}

function given(headers: Readonly<Record<string, string | undefined>>): [string, string][] {
  return Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
}
