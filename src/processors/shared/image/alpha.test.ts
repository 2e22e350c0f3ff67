import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import sharp from 'sharp';
import { alphaFromMask, judgeMask, subjectBox } from './alpha.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alpha-'));
});
after(() => rm(folder, { recursive: true }));

async function alphaAtFullSize(sizePx: number, mask: Uint8Array, widthPx: number, heightPx: number, own?: Uint8Array) {
  const path = join(folder, 'mask.png');
  await sharp(mask, { raw: { width: sizePx, height: sizePx, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toFile(path);
  return await alphaFromMask(path, widthPx, heightPx, own);
}

test('a hard edge stays a ramp when enlarged: no overshoot, no second edge', async () => {
  const sizePx = 64;
  const alpha = Uint8Array.from({ length: sizePx * sizePx }, (_, index) => (index % sizePx < 32 ? 40 : 200));
  const full = await alphaAtFullSize(sizePx, alpha, 640, 480);
  const row = [...full.subarray(640 * 240, 640 * 241)];
  assert.deepEqual([Math.min(...row), Math.max(...row)], [40, 200]);
  assert.ok(row.every((value, index) => index === 0 || value >= (row[index - 1] as number)));
});

test('what is all but certain is certain', async () => {
  const alpha = Uint8Array.of(0, 2, 3, 252, 253, 255, 128, 128, 128).slice();
  const full = await alphaAtFullSize(3, alpha, 3, 3);
  assert.deepEqual([...full], [0, 0, 3, 252, 255, 255, 128, 128, 128]);
});

test('confidence: 1 for a hard mask, 0 for none, 1/3 for half-transparent all over', () => {
  assert.deepEqual(judgeMask({ alpha: Uint8Array.of(0, 255, 255, 0) }), { confidence: 1, coverage: 0.5 });
  assert.deepEqual(judgeMask({ alpha: new Uint8Array(9) }), { confidence: 0, coverage: 0 });
  // α / (α + 4α(1−α)) at α = 128/255
  const { confidence } = judgeMask({ alpha: new Uint8Array(100).fill(128) });
  assert.ok(Math.abs(confidence - 1 / (1 + 4 * (1 - 128 / 255))) < 1e-9);
});

test('the subject’s box is the tightest around every visible pixel', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 12 }),
      fc.array(fc.constantFrom(0, 15, 16, 255), { minLength: 144, maxLength: 144 }),
      (widthPx, heightPx, values) => {
        const alpha = Uint8Array.from(values.slice(0, widthPx * heightPx));
        const seen = [...alpha.entries()].filter(([, value]) => value >= 16).map(([index]) => index);
        const box = subjectBox(alpha, widthPx, heightPx);
        if (seen.length === 0) return assert.equal(box, undefined);
        const [xs, ys] = [seen.map((index) => index % widthPx), seen.map((index) => Math.floor(index / widthPx))];
        const [leftPx, topPx] = [Math.min(...xs), Math.min(...ys)];
        return assert.deepEqual(box, {
          leftPx,
          topPx,
          widthPx: Math.max(...xs) - leftPx + 1,
          heightPx: Math.max(...ys) - topPx + 1,
        });
      },
    ),
  );
});
