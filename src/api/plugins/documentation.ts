import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { Api } from '../deps.ts';

/** The OpenAPI document of all routes added after this, at /openapi.json, and readable at /docs, offline too. */
export async function addDocumentation(api: Api, version: string): Promise<void> {
  await api.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Esteira',
        version,
        description:
          'Photos and tracks in; cut-outs, thumbnails, mix reports and stems out. Errors are RFC 9457 problem details.',
        license: { name: 'AGPL-3.0-or-later', identifier: 'AGPL-3.0-or-later' },
      },
    },
  });
  // The page sets styles from its script, hence unsafe-inline there; scripts are files of this server only.
  const staticCSP =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";
  const theme = { title: 'Esteira API', css: [{ filename: 'esteira.css', content: '.topbar { display: none }' }] };
  await api.register(swaggerUi, { routePrefix: '/docs', staticCSP, theme, uiConfig: { deepLinking: true } });
  api.get('/openapi.json', { schema: { hide: true } }, async () => api.swagger());
}
