import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { verdictTitle, verdictTitles } from './verdict-titles.ts';

describe('docs/verdicts.md and the table of codes say the same', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../../../docs/verdicts.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([^`]+)` \| (.+) \| (.+) \|$/gm)].map(
    ([, code = '', severities = '', when = '']) => ({
      code,
      severities,
      when,
    }),
  );

  test('every code has its row, in the order of the table, and no row is left over', () => {
    assert.deepEqual(
      rows.map(({ code }) => code),
      Object.keys(verdictTitles),
    );
  });

  test('each row says how bad it is and when it is found', () => {
    for (const { code, severities, when } of rows) {
      assert.match(severities, /^(good|advice|warning|problem)( … |, |$)/, code);
      assert.ok(when.length > 10, code);
    }
  });
});

test('every code is in kebab-case and has a title in both languages', () => {
  for (const [code, title] of Object.entries(verdictTitles)) {
    assert.match(code, /^[a-z]+(-[a-z]+)*$/);
    assert.ok(title.en.length > 3 && title['pt-BR'].length > 3, code);
  }
});

test('a code of another version stands for itself', () => {
  assert.deepEqual(verdictTitle('constructor'), { en: 'constructor', 'pt-BR': 'constructor' });
});
