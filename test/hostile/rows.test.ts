import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorTable } from '#kernel/errors.ts';
import { allRows } from './support/rows.ts';
import { words } from './support/words.ts';

test('the list has 123 rows, each in one part of it', () => {
  assert.deepEqual(
    allRows,
    Array.from({ length: 123 }, (_, index) => index + 1),
  );
});

test('the codes for the words of the list are answered with the statuses of the list', () => {
  for (const { word, status, code } of words) assert.equal(errorTable[code].status, status, word);
});
