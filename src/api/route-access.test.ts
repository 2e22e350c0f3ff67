import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localPrincipal } from '#accounts/local-access.ts';
import { isPermission, permissions } from '#accounts/permissions.ts';
import { loadProcessors } from '#processors/registry.ts';
import { createApp } from './app.ts';
import { routeAccess } from './route-access.ts';
import { createWorld } from './stand-ins.ts';

const deps = { ...createWorld().deps, processors: (await loadProcessors()).list() };

test('every entry has its route, and every route its entry', async () => {
  const api = await createApp(deps);
  for (const [entry, asked] of Object.entries(routeAccess)) {
    const [method = '', url = ''] = entry.split(' ');
    const isOfStudio = asked === 'public' && (url.endsWith('/*') || url === '/icon.svg');
    assert.ok(isOfStudio || api.findRoute({ method, url }), `${entry} is no route`);
    assert.ok(isPermission(asked) || ['public', 'member', 'person'].includes(asked), `${entry} asks for ${asked}`);
  }
  await api.close();
});

test('a route without an entry stops the start', async () => {
  const { addAuthorization } = await import('./plugins/authorization.ts');
  const { fastify } = await import('fastify');
  const api = fastify() as never as Parameters<typeof addAuthorization>[0];
  addAuthorization(api, createWorld().deps.access);
  assert.throws(() => api.get('/v1/forgotten', async () => ''), /GET \/v1\/forgotten has no entry/);
});

test('who lacks the permission is refused before the body is read, and told which', async () => {
  for (const permission of permissions) {
    const held = new Set(permissions);
    held.delete(permission);
    const access = { authenticate: async () => ({ ...localPrincipal, permissions: held }) };
    const api = await createApp({ ...deps, access });
    for (const [entry, asked] of Object.entries(routeAccess)) {
      if (asked !== permission) continue;
      const [method = '', pattern = ''] = entry.split(' ');
      const url = pattern.replaceAll(/:[a-z]+/gi, 'x').replaceAll('*', 'x');
      const answer = await api.inject({ method: method as 'GET', url });
      assert.equal(answer.statusCode, 403, entry);
      // The APIs of others say it in words of their own.
      if (method === 'HEAD' || !url.startsWith('/v1/')) continue;
      assert.deepEqual([answer.json().code, answer.json().permission], ['FORBIDDEN', permission]);
    }
    await api.close();
  }
});

test('without credentials only public routes answer', async () => {
  const api = await createApp({ ...deps, access: { authenticate: async () => undefined } });
  for (const [entry, asked] of Object.entries(routeAccess)) {
    const [method = '', pattern = ''] = entry.split(' ');
    const url = pattern.replaceAll(/:[a-z]+/gi, 'x').replaceAll('*', 'x');
    const answer = await api.inject({ method: method as 'GET', url });
    if (asked === 'public') assert.notEqual(answer.statusCode, 401, entry);
    else assert.equal(answer.statusCode, 401, entry);
  }
  await api.close();
});
