import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSigned, signPath } from './url-signature.ts';

const key = (letter: string) => Buffer.alloc(32, letter);
const path = '/w:512,f:webp/01a1fbfd-0bb2-7000-8000-000000000000';

test('HMAC-SHA256 as RFC 4231 has it', () => {
  const signature = signPath([Buffer.from('Jefe')], 'what do ya want for nothing?');
  const expected = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';
  assert.equal(Buffer.from(signature, 'base64url').toString('hex'), expected);
});

test('a signature fits its address and its key', () => {
  const signature = signPath([key('a')], path);
  assert.ok(isSigned([key('a')], path, signature));
  assert.ok(!isSigned([key('b')], path, signature));
  assert.ok(!isSigned([key('a')], `${path}x`, signature));
});

test('keys are changed without a moment in which an address is wrong', () => {
  const before = signPath([key('a')], path);
  const during = [key('b'), key('a')] as const;
  assert.ok(isSigned(during, path, before));
  const after = signPath(during, path);
  assert.notEqual(after, before);
  assert.ok(isSigned([key('b')], path, after));
  assert.ok(!isSigned([key('b')], path, before));
});

test('no byte of signature or address can be another', () => {
  const signature = signPath([key('a')], path);
  for (let at = 0; at < signature.length; at++) {
    // The last letter has four spellings of the same bytes: those are wrong too.
    for (const letter of ['A', 'B', 'E', 'Q', 'g', '-', '_', '=', 'é']) {
      if (signature[at] === letter) continue;
      assert.ok(
        !isSigned([key('a')], path, signature.slice(0, at) + letter + signature.slice(at + 1)),
        `${at} ${letter}`,
      );
    }
  }
  for (let at = 0; at < path.length; at++) {
    const other = path.slice(0, at) + String.fromCharCode(path.charCodeAt(at) ^ 1) + path.slice(at + 1);
    assert.ok(!isSigned([key('a')], other, signature), other);
  }
  for (const wrong of ['', signature.slice(1), `${signature}=`, `${signature}${signature}`, ' '.repeat(43)]) {
    assert.ok(!isSigned([key('a')], path, wrong), wrong);
  }
});
