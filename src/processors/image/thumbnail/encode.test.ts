import assert from 'node:assert/strict';
import { it } from 'node:test';
import sharp from 'sharp';
import { AppError } from '#kernel/errors.ts';
import { makeScene } from '../../../../test/support/scenes.ts';
import { plainRaster, type Raster } from './compose/raster.ts';
import { encode } from './encode.ts';

const scene = makeScene({ seed: 2, kind: 'strands', widthPx: 320, heightPx: 240 });
const raster: Raster = { widthPx: 320, heightPx: 240, channels: 3, data: scene.rgb };

for (const format of ['jpeg', 'webp', 'avif'] as const) {
  it(`${format}: takes the highest quality that fits`, async () => {
    const whole = await encode(raster, { format, compression: 90, maxBytes: undefined }, false);
    assert.equal(whole.compression, 90);
    const maxBytes = Math.floor(whole.file.length / 2);
    const { file, compression } = await encode(raster, { format, compression: 90, maxBytes }, false);
    assert.ok(file.length <= maxBytes && compression !== undefined && compression < 90);
    const next = await encode(raster, { format, compression: compression + 1, maxBytes: undefined }, false);
    assert.ok(
      next.file.length > maxBytes,
      `quality ${compression + 1} has ${next.file.length}, ${maxBytes} are allowed`,
    );
  });
}

it('says how far the lowest quality is from what is allowed', async () => {
  for (const format of ['jpeg', 'png'] as const) {
    await assert.rejects(encode(raster, { format, compression: 90, maxBytes: 500 }, false), (error) => {
      assert.ok(error instanceof AppError && error.code === 'RESULT_TOO_LARGE');
      assert.match(error.detail, /has .*B .*may have 500 B/);
      return Number(error.extensions['sizeBytes']) > 500;
    });
  }
});

it('writes sRGB in 8 bits, upright, with no word about its origin', async () => {
  for (const format of ['jpeg', 'png', 'webp', 'avif'] as const) {
    const { file } = await encode(raster, { format, compression: 80, maxBytes: undefined }, true);
    const { width, height, space, depth, exif, icc, xmp, iptc, orientation } = await sharp(file).metadata();
    assert.deepEqual({ width, height, space, depth }, { width: 320, height: 240, space: 'srgb', depth: 'uchar' });
    assert.deepEqual([exif, icc, xmp, iptc, orientation ?? 1], [undefined, undefined, undefined, undefined, 1]);
  }
});

it('leaves white white; WebP’s own space has no purer one than 254', async () => {
  const white = plainRaster(64, 64, [255, 255, 255]);
  for (const format of ['jpeg', 'png', 'webp', 'avif'] as const) {
    const { file } = await encode(white, { format, compression: 60, maxBytes: undefined }, false);
    const pixels = await sharp(file).raw().toBuffer();
    const whitest = format === 'webp' ? 254 : 255;
    assert.ok(
      pixels.every((value) => value >= whitest),
      `${format}: ${pixels[0]}`,
    );
  }
});
