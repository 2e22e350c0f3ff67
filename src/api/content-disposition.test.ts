import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { contentDisposition } from './content-disposition.ts';

test('says the name twice, for old clients and for others, with the extension of the type', () => {
  assert.equal(
    contentDisposition('maçã (1).jpg', 'image/png'),
    `inline; filename="ma__ (1).png"; filename*=UTF-8''ma%C3%A7%C3%A3%20%281%29.png`,
  );
  assert.equal(contentDisposition(null, 'image/webp'), `inline; filename="file.webp"; filename*=UTF-8''file.webp`);
  assert.match(contentDisposition('a.tar', 'application/x-unknown'), /filename="a\.tar"/);
  assert.match(contentDisposition('a', 'application/x-unknown'), /filename="a\.bin"/);
});

test('no name is hidden or an option of a command', () => {
  assert.match(contentDisposition('-rf', 'image/png'), /filename="rf\.png"/);
  assert.match(contentDisposition('.htaccess', 'image/png'), /filename="htaccess\.png"/);
});

test('whatever the name, the header is one line of ASCII and names no path', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const header = contentDisposition(name, 'image/png');
      const [, encoded = ''] = /^inline; filename="[\w.\- ()]+"; filename\*=UTF-8''([\w.!~%-]+)$/.exec(header) ?? [];
      assert.match(decodeURIComponent(encoded), /^[^.\-/\\][^/\\]*\.png$/u);
    }),
  );
});
