import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import sharp from 'sharp';
import { encodeIndexedPng } from './png.ts';

test('a picture is what sharp reads from it', async () => {
  const picture = fc
    .record({ width: fc.integer({ min: 1, max: 70 }), height: fc.integer({ min: 1, max: 40 }) })
    .chain(({ width, height }) => {
      const size = width * height;
      const indices = fc.uint8Array({ minLength: size, maxLength: size });
      return fc.record({ width: fc.constant(width), height: fc.constant(height), indices });
    });
  const palette = Uint8Array.from({ length: 768 }, (_, i) => (i * 89 + 7) % 256);
  await fc.assert(
    fc.asyncProperty(picture, async ({ width, height, indices }) => {
      const read = sharp(encodeIndexedPng(width, height, indices, palette));
      const { data, info } = await read.raw().toBuffer({ resolveWithObject: true });
      assert.deepEqual([info.width, info.height, info.channels], [width, height, 3]);
      for (const [at, index] of indices.entries()) {
        assert.deepEqual(data.subarray(at * 3, at * 3 + 3), Buffer.from(palette.subarray(index * 3, index * 3 + 3)));
      }
    }),
    { numRuns: 40 },
  );
});

test('a picture that cannot be is refused', () => {
  const palette = new Uint8Array(6);
  assert.throws(() => encodeIndexedPng(2, 2, new Uint8Array(3), palette), RangeError);
  assert.throws(() => encodeIndexedPng(0, 2, new Uint8Array(0), palette), RangeError);
  assert.throws(() => encodeIndexedPng(1, 1, new Uint8Array(1), new Uint8Array(4)), RangeError);
  assert.throws(() => encodeIndexedPng(1, 1, new Uint8Array(1), new Uint8Array(771)), RangeError);
});
