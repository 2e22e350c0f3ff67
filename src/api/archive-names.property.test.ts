import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { validateFileName } from 'yauzl';
import { archiveNames } from './archive-names.ts';

const hostile = [
  '../../x',
  '..%2f',
  'C:\\x',
  '\\\\host\\x',
  'a\0b',
  'x'.repeat(4_096),
  'ã'.repeat(300),
  '👩‍👩‍👧'.repeat(60),
  '\u202egpj.exe',
  'a\r\nb',
  '.htaccess',
  '-rf',
  'e\u0301.png',
  'é.png',
  'É.PNG',
  'CON',
  'nul.png',
  'aux.tar.gz',
  'COM¹',
  'a:b',
  'what?*',
  'a. ',
  'a...',
  ' (2).jpg',
  'a (2).png',
  'a.png',
  'A.png',
  '',
  '.',
  '..',
  '/',
  'ß.png',
  'SS.png',
  '\ud800',
];
const name = fc.oneof(
  fc.constantFrom(null, ...hostile),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('a', 'A', '.', ' ', '(', '2', ')', '/', '\\', ':', 'é') }),
);
const file = fc.record({ name, mediaType: fc.constantFrom('image/png', 'image/jpeg', 'text/plain') });

test('whatever files are called, each unpacks to a place of its own, in the folder, on every system', () => {
  fc.assert(
    fc.property(fc.array(file, { maxLength: 60 }), (files) => {
      const names = archiveNames(files);
      assert.equal(names.length, files.length);
      // Windows and macOS take names for equal that differ in case.
      assert.equal(new Set(names.map((each) => each.toLowerCase().normalize('NFC'))).size, names.length);
      for (const [at, each] of names.entries()) {
        assert.equal(validateFileName(each), null, each);
        assert.ok(Buffer.byteLength(each) <= 255, each);
        assert.ok(each.isWellFormed());
        assert.doesNotMatch(each, /[<>:"/\\|?*\p{Cc}\u202a-\u202e]|^[.\- ]|[. ]$/u);
        assert.doesNotMatch(each, /^(con|prn|aux|nul|com\d|lpt\d)\./i);
        if (files[at]?.mediaType === 'image/jpeg') assert.match(each, /.\.jpg$/);
        if (files[at]?.mediaType === 'image/png') assert.match(each, /.\.png$/);
      }
    }),
  );
});

test('names that are safe and differ are kept', () => {
  const stem = fc
    .stringMatching(/^[a-zà-ú0-9][a-zà-ú0-9 _-]{0,30}[a-zà-ú0-9]$/)
    .filter((each) => !/^(com|lpt)\d$|^(con|prn|aux|nul)$/.test(each));
  fc.assert(
    fc.property(fc.uniqueArray(stem, { selector: (each) => each.toUpperCase().normalize('NFC') }), (stems) => {
      const files = stems.map((each) => ({ name: `${each}.HEIC`, mediaType: 'image/jpeg' }));
      assert.deepEqual(
        archiveNames(files),
        stems.map((each) => `${each.normalize('NFC')}.jpg`),
      );
    }),
  );
});

test('duplicates are numbered in their order, around numbers that are taken', () => {
  const files = ['foto.png', 'foto (2).jpg', 'FOTO.jpg', null, 'foto.webp', 'foto (2)'].map((each) => ({
    name: each,
    mediaType: 'image/jpeg',
  }));
  assert.deepEqual(archiveNames(files), [
    'foto.jpg',
    'foto (2).jpg',
    'FOTO (3).jpg',
    'file.jpg',
    'foto (4).jpg',
    'foto (2) (2).jpg',
  ]);
  const same = archiveNames(Array.from({ length: 1_000 }, () => ({ name: 'a.png', mediaType: 'image/png' })));
  assert.deepEqual([same[0], same[1], same[999]], ['a.png', 'a (2).png', 'a (1000).png']);
});
