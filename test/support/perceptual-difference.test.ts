import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { perceptualDifference } from './perceptual-difference.ts';

const plain = (background: string) =>
  sharp({ create: { width: 20, height: 20, channels: 3, background } })
    .png()
    .toBuffer();

test('black and white are 100 apart, as CIELAB has it; a colour is no distance from itself', async () => {
  const { mean, worst } = await perceptualDifference(await plain('#000000'), await plain('#ffffff'));
  assert.ok(Math.abs(mean - 100) < 0.1 && Math.abs(worst - 100) < 0.1, `${mean}`);
  assert.deepEqual(await perceptualDifference(await plain('#a1b2c3'), await plain('#a1b2c3')), { mean: 0, worst: 0 });
});

test('red and green are as far apart as published values say', async () => {
  // sRGB red is (53.24, 80.09, 67.20), green (87.73, −86.18, 83.18) under D65.
  const { mean } = await perceptualDifference(await plain('#ff0000'), await plain('#00ff00'));
  assert.ok(Math.abs(mean - Math.hypot(87.73 - 53.24, -86.18 - 80.09, 83.18 - 67.2)) < 1, `${mean}`);
});

test('one patch that differs is the worst, and little on average', async () => {
  const changed = await sharp(await plain('#ffffff'))
    .composite([
      {
        input: await sharp(await plain('#000000'))
          .resize(8, 8)
          .toBuffer(),
        left: 0,
        top: 0,
      },
    ])
    .png()
    .toBuffer();
  const { mean, worst } = await perceptualDifference(await plain('#ffffff'), changed);
  assert.ok(worst > 99 && Math.abs(mean - 100 / 9) < 0.2, `${mean} ${worst}`);
});
