import assert from 'node:assert/strict';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of many shapes, each asserted where it is read
  readonly json: any;
  readonly text: string;
}

/** Somebody with a browser of their own, as far as cookies and Origin go. */
export interface Someone {
  get(path: string): Promise<Answer>;
  post(path: string, body?: unknown): Promise<Answer>;
  send(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  readonly cookies: Map<string, string>;
}

/** @param origin where the server is, at this moment; also what the browser says that its pages are from */
export function someone(origin: () => string): Someone {
  const cookies = new Map<string, string>();

  async function send(
    method: string,
    path: string,
    body?: unknown,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const response = await fetch(`${origin()}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(cookies.size > 0 && { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
        ...(method !== 'GET' && { origin: origin() }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...more,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    for (const line of response.headers.getSetCookie()) keep(cookies, line);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    const { status, headers } = response;
    return { status, headers, text, json: isJson && text !== '' ? JSON.parse(text) : undefined };
  }

  return {
    cookies,
    send,
    get: (path) => send('GET', path),
    post: (path, body = {}) => send('POST', path, body),
  };
}

export function keep(cookies: Map<string, string>, setCookie: string): void {
  const [pair = '', ...attributes] = setCookie.split(';').map((part) => part.trim());
  const at = pair.indexOf('=');
  const ends = attributes.some((attribute) => /^max-age=0$/i.test(attribute) || /^expires=.* 1970 /i.test(attribute));
  if (ends) cookies.delete(pair.slice(0, at));
  else cookies.set(pair.slice(0, at), pair.slice(at + 1));
}

/** @param lines of the server's log @returns what lets somebody set it up */
export function setupTokenIn(lines: readonly string[]): string {
  const token = lines.map((line) => /\/setup#([\w-]+)/.exec(line)?.[1]).findLast((found) => found !== undefined);
  assert.ok(token, 'the log has a token');
  return token;
}

export const goodPassword = 'purple tractor lemonade';
