import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { Api } from './deps.ts';
import { unbuiltPage } from './pages/unbuilt.ts';

/**
 * Addresses that the studio's own router knows. Only they are answered with its page: an unknown address of the API
 * stays a problem document.
 */
const studioPaths = [
  '/',
  '/thumbnails',
  '/masks',
  '/audio',
  '/audio/:id',
  '/batches',
  '/batches/:id',
  '/jobs',
  '/webhooks',
  '/sign-in',
  '/forgot-password',
  '/reset-password',
  '/setup',
  '/join',
  '/account',
  '/account/:section',
  '/workspace',
  '/workspace/:section',
  '/server',
  '/server/:section',
];

/** No inline script, no inline style: whatever a file's name or a message holds, it stays text. */
const csp = [
  "default-src 'self'",
  "img-src 'self' blob: data:",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

const immutable = 'public, max-age=31536000, immutable';
const revalidated = 'no-cache';

/**
 * The web studio, at `/` and its own addresses.
 *
 * @param dir what the build of `web/` wrote. Where it is missing, a page says what to do; the API is whole without it.
 */
export async function addStudio(api: Api, dir: string): Promise<void> {
  const options = { schema: { hide: true } };
  if (!existsSync(join(dir, 'index.html'))) {
    for (const path of studioPaths) {
      api.get(path, options, async (_request, reply) =>
        reply.code(503).type('text/html; charset=utf-8').header('retry-after', '10').send(unbuiltPage),
      );
    }
    return;
  }

  const shared = { preCompressed: true, cacheControl: false, index: false, redirect: false, schemaHide: true } as const;
  await api.register(fastifyStatic, { ...shared, root: dir, serve: false });
  // Their names hold a hash of their content.
  await addFolder('assets', immutable);
  await addFolder('samples', revalidated);
  api.get('/icon.svg', options, async (_request, reply) =>
    reply.header('cache-control', revalidated).sendFile('icon.svg'),
  );
  for (const path of studioPaths) {
    api.get(path, options, async (_request, reply) =>
      reply.headers({ 'content-security-policy': csp, 'cache-control': revalidated }).sendFile('index.html'),
    );
  }

  async function addFolder(name: string, cacheControl: string): Promise<void> {
    await api.register(fastifyStatic, {
      ...shared,
      root: join(dir, name),
      prefix: `/${name}/`,
      decorateReply: false,
      allowedPath: (path) => !path.endsWith('/'),
      // A worker's policy comes with its own file.
      setHeaders: (reply) => void reply.headers({ 'content-security-policy': csp, 'cache-control': cacheControl }),
    });
  }
}
