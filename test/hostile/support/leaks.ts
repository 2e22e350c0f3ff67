import { dirname } from 'node:path';
import type { IsolatedServer } from './isolated-server.ts';

interface Shown {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
}

const repository = dirname(dirname(dirname(import.meta.dirname)));
/** Frames of a stack, files of the program, addresses of engines. */
const inside = [
  /\n\s+at .+:\d+:\d+/,
  /node_modules/,
  /\w\.(?:ts|mjs|cjs):\d+/,
  /file:\/\/\/(?:var|tmp|home|root|usr|opt)/,
  /postgres(?:ql)?:\/\//,
  /rediss?:\/\//,
];
const textual = /json|text\/(?!html|css|javascript)|event-stream|xml/;

/**
 * What an answer shows that no answer may: a stack, a path, a secret.
 *
 * @param answer pictures, sounds and pages are only searched for paths and secrets of this very server
 * @returns what it is, or undefined
 */
export function leakIn(
  { headers, bytes }: Shown,
  { dir, secrets }: Pick<IsolatedServer, 'dir' | 'secrets'>,
): string | undefined {
  const head = JSON.stringify(headers);
  for (const place of [head, bytes] as const) {
    if (place.includes(dir)) return 'a path of the server';
    if (place.includes(repository)) return 'where the program is';
    if (secrets.some((secret) => place.includes(secret))) return 'a secret';
  }
  const text = textual.test(String(headers['content-type'] ?? '')) ? String(bytes) : '';
  const found = inside.find((pattern) => pattern.test(head) || pattern.test(text));
  return found === undefined ? undefined : `what only the program should know (${found})`;
}
