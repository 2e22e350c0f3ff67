import { AppError } from '#kernel/errors.ts';
import type { Api } from '../deps.ts';

/** 404 for addresses that do not exist, 405 with `Allow` for those that exist with other methods. */
export function addUnknownAddresses(api: Api): void {
  const known: { readonly method: string; readonly pattern: readonly string[] }[] = [];
  api.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) known.push({ method: one, pattern: url.split('/') });
  });

  api.setNotFoundHandler(async (request, reply) => {
    const path = (request.url.split('?', 1)[0] ?? '').split('/');
    const allow = [...new Set(known.filter(({ pattern }) => fits(pattern, path)).map(({ method }) => method))].sort();
    // A folder of files has this method, and not this file.
    if (allow.length === 0 || allow.includes(request.method))
      throw new AppError('NOT_FOUND', 'There is nothing at this address. See /docs for what there is.');
    if (request.method === 'OPTIONS') return reply.code(204).header('allow', allow.join(', ')).send();
    const detail = `${request.method} is not possible at this address, which takes ${allow.join(', ')}.`;
    throw new AppError('METHOD_NOT_ALLOWED', detail, { extensions: { allow } });
  });
}

function fits(pattern: readonly string[], path: readonly string[]): boolean {
  if (pattern.at(-1) === '*') return pattern.slice(0, -1).every((segment, at) => segment === path[at]);
  return (
    pattern.length === path.length &&
    pattern.every((segment, at) => segment === path[at] || (segment.startsWith(':') && path[at] !== ''))
  );
}
