import assert from 'node:assert/strict';
import { test } from 'node:test';
import { preferredWaitSeconds } from './waiting.ts';

test('reads the seconds from Prefer as RFC 7240 writes them, up to a minute', () => {
  const headers: [string | undefined, number][] = [
    ['wait=20', 20],
    ['respond-async, wait=10', 10],
    ['wait="5"', 5],
    ['Wait = 7 ', 7],
    ['wait=100', 60],
    ['wait=999999999', 60],
    ['return=minimal; foo=1, wait=3', 3],
    ['wait=0', 0],
    ['wait=-1', 0],
    ['wait=1.5', 0],
    ['await=5', 0],
    ['wait', 0],
    ['', 0],
    [undefined, 0],
  ];
  for (const [header, seconds] of headers) assert.equal(preferredWaitSeconds(header), seconds, String(header));
});
