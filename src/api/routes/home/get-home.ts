import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import { homeTexts, type Language, languages } from '../../pages/home-texts.ts';

const pagesDir = join(import.meta.dirname, '..', '..', 'pages');

const pageFiles = [
  ['home.css', 'text/css; charset=utf-8'],
  ['home.js', 'text/javascript; charset=utf-8'],
  ['icon.svg', 'image/svg+xml'],
] as const;

const csp =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const schema = { hide: true, querystring: Type.Object({ lang: Type.Optional(Type.Enum([...languages])) }) };

/** A start page for people, until the studio takes its place. */
export const getHome: Route = (api, { config }) => {
  const template = readFileSync(join(pagesDir, 'home.html'), 'utf8');
  api.get('/', { schema }, async (request, reply) => {
    const lang = request.query.lang ?? preferredLanguage(request.headers['accept-language']);
    const origin = config.publicUrl ?? `${request.protocol}://${request.host}`;
    const texts: Record<string, string> = { ...homeTexts[lang], lang, origin, version: config.version };
    const page = template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => escapeHtml(texts[name] ?? ''));
    return reply
      .headers({ 'content-security-policy': csp, 'cache-control': 'no-cache', vary: 'Accept-Language' })
      .type('text/html; charset=utf-8')
      .send(page);
  });
  for (const [name, type] of pageFiles) {
    const content = readFileSync(join(pagesDir, name));
    api.get(`/pages/${name}`, { schema: { hide: true } }, async (_request, reply) =>
      reply.header('cache-control', 'no-cache').type(type).send(content),
    );
  }
};

/** Whichever of the two the browser asks for first; browsers list them by preference. */
function preferredLanguage(acceptLanguage = ''): Language {
  return /^(?:(?!\ben\b).)*\bpt\b/i.test(acceptLanguage) ? 'pt-BR' : 'en';
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
