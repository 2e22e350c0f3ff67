import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fadeHaze } from './fade-haze.ts';

test('the subject stays as it is; around it, haze is gone within the reach', () => {
  const [widthPx, heightPx, reachPx] = [30, 20, 4];
  const subject = { left: 10, top: 8, width: 10, height: 6 };
  const alpha = new Uint8Array(widthPx * heightPx).fill(12);
  fadeHaze(alpha, widthPx, heightPx, subject, reachPx);
  const at = (x: number, y: number) => alpha[y * widthPx + x];
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      const beyond = Math.max(9 - x, x - 20, 7 - y, y - 14, 0);
      if (beyond === 0) assert.equal(at(x, y), 12, `${x} ${y}`);
      if (beyond >= reachPx) assert.equal(at(x, y), 0, `${x} ${y}`);
    }
  }
  assert.deepEqual(
    [9, 8, 7, 6, 5].map((x) => at(x, 10)),
    [12, 9, 6, 3, 0],
  );
});
