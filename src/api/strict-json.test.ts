import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '#kernel/errors.ts';
import { parseStrictJson } from './strict-json.ts';

const forbidden = new Set(['__proto__', 'constructor', 'prototype']);
const key = fc.string().filter((name) => !forbidden.has(name));
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.jsonValue({ maxDepth: 0 }),
    fc.array(tie('value')),
    fc.dictionary(key, tie('value'), { noNullPrototype: true }),
  ),
})).value;

function refuses(text: string, words: RegExp): void {
  assert.throws(
    () => parseStrictJson(text),
    (error) => error instanceof AppError && error.code === 'INVALID_JSON' && words.test(error.detail),
  );
}

test('reads what JSON.parse reads, whatever the spacing', () => {
  fc.assert(
    fc.property(json, fc.constantFrom(0, 1, '\t'), (value, space) => {
      const text = JSON.stringify(value, null, space);
      assert.deepEqual(parseStrictJson(text), JSON.parse(text));
    }),
  );
});

test('refuses any key that comes twice in one object, at any depth and in any spelling', () => {
  fc.assert(
    fc.property(key, json, json, fc.nat(20), (name, one, other, depth) => {
      const spelled = [...name].map((char) => char.split('').map(escaped).join('')).join('');
      const object = `{${JSON.stringify(name)}: ${JSON.stringify(one)}, "${spelled}" : ${JSON.stringify(other)}}`;
      refuses('['.repeat(depth) + object + ']'.repeat(depth), /twice/);
    }),
  );
});

test('the same key in two objects is no duplicate, nor is a value that looks like a key', () => {
  assert.deepEqual(parseStrictJson('[{"a":"a"},{"a":{"a":["a","a"]}}]'), [{ a: 'a' }, { a: { a: ['a', 'a'] } }]);
});

test('refuses keys that reach into prototypes, however they are written', () => {
  for (const name of forbidden) refuses(`{"metadata":{${JSON.stringify(name)}:{}}}`, /not allowed/);
  refuses('{"\\u005f_proto__":{}}', /not allowed/);
  assert.deepEqual(parseStrictJson('{"a":"__proto__"}'), { a: '__proto__' });
});

test('refuses ten thousand levels, quickly', () => {
  refuses('['.repeat(10_000) + ']'.repeat(10_000), /nested/);
  refuses('{"a":'.repeat(10_000) + 1 + '}'.repeat(10_000), /nested/);
  assert.ok(parseStrictJson('['.repeat(64) + ']'.repeat(64)));
});

test('says where the text stops being JSON', () => {
  refuses('{"a":1,}', /line 1 column 8/);
  for (const text of ['', '{', "{'a':1}", '{"a":NaN}', '\ufeff{}', '1 2']) refuses(text, /not valid JSON/);
});

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
