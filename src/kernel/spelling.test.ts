import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { closest } from './spelling.ts';

test('a slip of the fingers finds its word', () => {
  assert.equal(closest('kittn', ['sitting', 'kitten', 'mitten']), 'kitten');
  assert.equal(closest('prot', ['host', 'port', 'role']), undefined); // two changes are too many in four letters
  assert.equal(closest('image.cutuot', ['image.resize', 'image.cutout']), 'image.cutout');
  assert.equal(closest('anything', []), undefined);
});

test('a known word is its own closest, whatever else there is', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.array(fc.string()), (word, others) => {
      assert.equal(closest(word, [...others, word]), word);
    }),
  );
});

test('one letter more, less or other is always near a word of three or more', () => {
  const word = fc.stringMatching(/^[a-z]{3,12}$/);
  fc.assert(
    fc.property(word, fc.nat(), fc.constantFrom('insert', 'remove', 'replace'), (name, seed, change) => {
      const at = seed % name.length;
      const rest = change === 'insert' ? name.slice(at) : name.slice(at + 1);
      const typed = name.slice(0, at) + (change === 'remove' ? '' : '#') + rest;
      assert.equal(closest(typed, [name]), name);
    }),
  );
});
