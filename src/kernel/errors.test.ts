import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { AppError, type ErrorEntry, errorTable, isErrorCode } from './errors.ts';

describe('docs/errors.md and the table say the same', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/errors.md'), 'utf8');
  const sections = page
    .split(/^#{2,3} /m)
    .slice(1)
    .map(
      (section) =>
        /^(\w+)\n\n`(\d+)` (.+?)( · retried)?\n\n([^*]+)\n\n\*\*What to do:\*\* (.+)/s.exec(section) ?? [section],
    )
    .filter(([section]) => /^[A-Z]+(_[A-Z]+)*\n/.test(section ?? ''));

  test('every code has its section, in the order of the table, and no section is left over', () => {
    assert.deepEqual(
      sections.map(([section]) => section?.split('\n')[0]),
      Object.keys(errorTable),
    );
  });

  for (const [section = '', code = '', status, title, retried, meaning = '', remedy = ''] of sections) {
    test(section.split('\n')[0], () => {
      assert.ok(code, 'the section has not the form of the others');
      const entry: ErrorEntry = errorTable[code as keyof typeof errorTable];
      assert.deepEqual({ status: Number(status), title, retryable: Boolean(retried) }, entry);
      assert.ok(meaning.length > 20 && remedy.length > 5);
    });
  }
});

test('an AppError carries its row of the table, its cause and what programs need', () => {
  const cause = new Error('the disk');
  const error = new AppError('STORAGE_FULL', 'No room for 5 MiB.', { cause, extensions: { neededBytes: 5_242_880 } });
  assert.equal(error.message, error.detail);
  assert.deepEqual([error.status, error.title, error.retryable], [507, 'Storage is full', true]);
  assert.equal(error.cause, cause);
  assert.deepEqual(error.extensions, { neededBytes: 5_242_880 });
  assert.equal(Object.hasOwn(new AppError('INTERNAL', 'x'), 'cause'), false);
});

test('a code from outside is one of the table, and nothing that objects inherit', () => {
  assert.ok(isErrorCode('JOB_NOT_FOUND'));
  for (const text of ['toString', '__proto__', 'job_not_found', '', null, 404]) assert.equal(isErrorCode(text), false);
});
