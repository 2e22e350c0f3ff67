import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hostileNames } from '../../test/support/corpus.ts';
import { displayName } from './display-name.ts';

test('names as people give them', () => {
  assert.equal(displayName('Cachorro & gato (1).png'), 'Cachorro & gato (1).png');
  assert.equal(displayName('cafe\u0301.png'), 'caf\u00e9.png');
  assert.equal(displayName('👩‍👧.jpg'), '👩‍👧.jpg');
  assert.equal(displayName('../../etc/passwd'), 'passwd');
  assert.equal(displayName('C:\\Users\\x.png'), 'x.png');
  assert.equal(displayName('photo\u202egnp.exe'), 'photognp.exe');
  assert.equal(displayName('a\r\nb\0.png'), 'ab.png');
  for (const nothing of [null, '', ' ', '..', 'folder/', '\0']) assert.equal(displayName(nothing), null);
});

test('the longest name is 255 units, and no character is cut in two', () => {
  assert.equal(displayName('x'.repeat(4096))?.length, 255);
  const cut = displayName(`${'x'.repeat(254)}👩`);
  assert.equal(cut, 'x'.repeat(254));
});

test('whatever the name, what is left is short, printable, composed and no path', () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 600 }),
    fc.constantFrom(...hostileNames.map(({ name }) => name)),
  );
  fc.assert(
    fc.property(name, (given) => {
      const shown = displayName(given);
      if (shown === null) return;
      assert.ok(shown.length >= 1 && shown.length <= 255 && shown.isWellFormed());
      assert.doesNotMatch(shown, /[/\\\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
      assert.equal(shown, shown.normalize('NFC'));
      assert.equal(displayName(shown), shown);
    }),
  );
});
