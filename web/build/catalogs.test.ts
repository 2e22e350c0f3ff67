import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCompiledCatalog, getCatalogs } from '@lingui/cli/api';
import { type Messages, setupI18n } from '@lingui/core';
import { expect, test } from 'vitest';
import config from '../lingui.config.ts';
import { inIdAlphabet } from '../src/app/id-alphabet.ts';
import { expandMacros } from './lingui-macros.ts';

const web = join(import.meta.dirname, '..');

const files = globSync('src/**/*.{ts,tsx}', { cwd: web }).filter((file) => !file.endsWith('.test.ts'));

/** Ids of all messages, as the macros write them into the program. */
async function idsInProgram(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const file of files) {
    const code = readFileSync(join(web, file), 'utf8');
    if (!code.includes('/macro')) continue;
    const expanded = await expandMacros(code, file);
    for (const [, id = ''] of expanded.code.matchAll(/\/\*+ ?i18n ?\*\/\s*\{\s*id: "([\w-]{6})"/g)) found.set(id, file);
  }
  return found;
}

async function compiled(locale: string) {
  const here = (path: string): string => path.replace('<rootDir>', web);
  const catalogs = config.catalogs.map(({ path, include }) => ({ path: here(path), include: include.map(here) }));
  const opened = await getCatalogs({ ...config, catalogs, rootDir: web } as never);
  const all = await Promise.all(
    opened.map(async (catalog) => {
      const { messages, missing } = await catalog.getTranslations(locale, { fallbackLocales: {}, sourceLocale: 'en' });
      const { source, errors } = createCompiledCatalog(locale, messages, { namespace: 'json' });
      return { messages: inIdAlphabet(JSON.parse(source).messages), missing, errors };
    }),
  );
  return {
    messages: Object.assign({}, ...all.map(({ messages }) => messages)) as Messages,
    missing: all.flatMap(({ missing }) => missing),
    errors: all.flatMap(({ errors }) => errors),
  };
}

test.each(['pt-BR', 'en'])('nothing is left to say in %s', async (locale) => {
  const { messages, missing, errors } = await compiled(locale);
  expect(missing.map(({ source }) => source)).toEqual([]);
  expect(errors).toEqual([]);
  const ids = await idsInProgram();
  expect(ids.size).toBeGreaterThan(50);
  const unknown = [...ids].filter(([id]) => messages[id] === undefined);
  // `npm run extract` in web/ brings them into the catalogs.
  expect(unknown).toEqual([]);
});

test('Portuguese counts as Portuguese does', async () => {
  const { messages } = await compiled('pt-BR');
  const i18n = setupI18n({ locale: 'pt-BR', messages: { 'pt-BR': messages } });
  const id = [...(await idsInProgram()).keys()].find((key) => i18n._(key, { 0: 3, value: 3 }) === '3 fotos');
  expect(id).toBeDefined();
  expect(i18n._(id ?? '', { 0: 1 })).toBe('1 foto');
});
