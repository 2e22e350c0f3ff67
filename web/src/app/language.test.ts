import { expect, test } from 'vitest';
import { inIdAlphabet } from './id-alphabet.ts';
import { pickLanguage } from './language.ts';

test.each([
  [null, ['pt-BR', 'pt', 'en'], 'pt-BR'],
  [null, ['pt-PT'], 'pt-BR'],
  [null, ['en-US', 'pt-BR'], 'en'],
  [null, ['de', 'pt'], 'pt-BR'],
  [null, ['de', 'fr'], 'en'],
  [null, [], 'en'],
  ['en', ['pt-BR'], 'en'],
  ['pt-BR', ['en'], 'pt-BR'],
  ['constructor', ['pt-BR'], 'pt-BR'],
] as const)('%s and %j choose %s', (remembered, preferred, language) => {
  expect(pickLanguage(remembered, preferred)).toBe(language);
});

test('ids are in the alphabet of addresses', () => {
  expect(inIdAlphabet({ 'a+b/cd': ['x'] })).toEqual({ 'a-b_cd': ['x'] });
});
