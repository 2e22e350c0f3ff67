import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Type } from 'typebox';
import type { ErrorCode } from '#kernel/errors.ts';
import { isCode } from '../../test/support/is-code.ts';
import { formParams } from './form-params.ts';

const schema = Type.Object({
  quality: Type.Enum(['best', 'fast']),
  marginPx: Type.Integer(),
  opacity: Type.Number(),
  maskOnly: Type.Boolean(),
  background: Type.Union([Type.String(), Type.Null()]),
});

function refused(fields: [string, string | string[]][], code: ErrorCode): void {
  assert.throws(() => formParams(schema, fields), isCode(code), JSON.stringify(fields));
}

test('gives each field the type that the schema says', () => {
  const fields = { quality: 'fast', marginPx: '12', opacity: '0.5', maskOnly: 'true', background: '#ff0000' };
  assert.deepEqual(formParams(schema, Object.entries(fields)), {
    quality: 'fast',
    marginPx: 12,
    opacity: 0.5,
    maskOnly: true,
    background: '#ff0000',
  });
});

test('leaves what does not fit to the validation: nothing is guessed, nothing is dropped', () => {
  const fields = { marginPx: '12px', maskOnly: 'maybe', quality: 'worst', unknown: '1' };
  assert.deepEqual(formParams(schema, Object.entries(fields)), fields);
});

test('takes parameters as JSON as they are, beside fields', () => {
  const given = formParams(schema, [
    ['params', '{"marginPx":"12","maskOnly":false}'],
    ['quality', 'fast'],
  ]);
  assert.deepEqual(given, { marginPx: '12', maskOnly: false, quality: 'fast' });
});

test('refuses what is ambiguous', () => {
  refused([['quality', ['fast', 'best']]], 'INVALID_PARAMETERS');
  refused(
    [
      ['quality', 'fast'],
      ['quality', 'fast'],
    ],
    'INVALID_PARAMETERS',
  );
  refused(
    [
      ['quality', 'fast'],
      ['params', '{"quality":"best"}'],
    ],
    'INVALID_PARAMETERS',
  );
  for (const text of ['[]', 'null', '1']) refused([['params', text]], 'INVALID_PARAMETERS');
  refused([['params', '{']], 'INVALID_JSON');
  refused([['params', '{"__proto__":{"admin":true}}']], 'INVALID_JSON');
});

test('a field called __proto__ is a field like another, and reaches no prototype', () => {
  const given = formParams(schema, [['__proto__', 'x']]);
  assert.deepEqual(Object.keys(given), ['__proto__']);
  assert.equal(Object.getPrototypeOf(given), Object.prototype);
});
