import assert from 'node:assert/strict';
import { it } from 'node:test';
import sharp from 'sharp';
import { makeScene } from '../../../../test/support/scenes.ts';
import { decodePicture } from './decode.ts';
import { decodeRegion, pictureFacts } from './decode-region.ts';

const scene = makeScene({ seed: 3, kind: 'soft-edge', widthPx: 96, heightPx: 64 });
const stored = sharp(scene.rgb, { raw: { width: 96, height: 64, channels: 3 } });

for (let orientation = 1; orientation <= 8; orientation++) {
  it(`orientation ${orientation}: the region is that of the picture that sharp turns upright`, async () => {
    const file = await stored.clone().withMetadata({ orientation }).png().toBuffer();
    const upright = await decodePicture(file);
    const facts = await pictureFacts(file);
    assert.deepEqual([facts.widthPx, facts.heightPx], [upright.widthPx, upright.heightPx]);

    const region = { leftPx: 7, topPx: 11, widthPx: 30, heightPx: 21 };
    const part = await decodeRegion(file, facts, facts, region);
    for (const [x, y] of [
      [0, 0],
      [29, 0],
      [0, 20],
      [29, 20],
      [13, 9],
    ] as const) {
      const at = (y * 30 + x) * 3;
      const whole = ((y + 11) * upright.widthPx + x + 7) * 3;
      assert.deepEqual(part.rgb.subarray(at, at + 3), upright.rgb.subarray(whole, whole + 3), `at ${x}, ${y}`);
    }
  });
}

it('the opacity of a picture lies down with it and gets up with it', async () => {
  const alpha = Buffer.from(scene.alpha);
  const file = await stored
    .clone()
    .joinChannel(alpha, { raw: { width: 96, height: 64, channels: 1 } })
    .withMetadata({ orientation: 6 })
    .png()
    .toBuffer();
  const upright = await decodePicture(file);
  const facts = await pictureFacts(file);
  const part = await decodeRegion(file, facts, facts, { leftPx: 0, topPx: 0, widthPx: 64, heightPx: 96 });
  assert.deepEqual(part.alpha, upright.alpha);
});
