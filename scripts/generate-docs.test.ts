import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { configSchema } from '#config-schema.ts';
import { generatedPages } from './generate-docs.ts';

for (const [path, render] of Object.entries(generatedPages)) {
  test(`${path} is what the code says`, () => {
    const file = readFileSync(join(import.meta.dirname, '..', path), 'utf8');
    assert.equal(file, render(), 'run: node scripts/generate-docs.ts');
  });
}

test('the configuration page has every variable', () => {
  const page = generatedPages['docs/configuration.md']?.() ?? '';
  const headings = [...page.matchAll(/^## (\w+)$/gm)].map(([, name]) => name);
  assert.deepEqual(headings, Object.keys(configSchema.properties));
});
