import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBase32, totp } from './totp.ts';

test('codes are those of RFC 6238, appendix B, and keys those of RFC 4648, section 10', () => {
  const key = Buffer.from('12345678901234567890');
  for (const [seconds, code] of [
    [59, '94287082'],
    [1_111_111_109, '07081804'],
    [1_234_567_890, '89005924'],
    [20_000_000_000, '65353130'],
  ] as const) {
    assert.equal(totp(key, seconds, 8), code);
  }
  assert.equal(String(fromBase32('MZXW6YTBOI======')), 'foobar');
});
