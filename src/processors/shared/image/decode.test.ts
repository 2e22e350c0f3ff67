import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { decodePicture } from './decode.ts';

const size = { width: 8, height: 6 };

for (const format of ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const) {
  test(`${format} is read`, async () => {
    const bytes = await sharp({ create: { ...size, channels: 3, background: '#f00' } })
      [format]()
      .toBuffer();
    const { widthPx, heightPx } = await decodePicture(bytes);
    assert.deepEqual([widthPx, heightPx], [size.width, size.height]);
  });
}

test('no renderer of SVG is ever reached, whatever the file is called', async () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6"><rect width="8" height="6"/></svg>';
  await assert.rejects(decodePicture(Buffer.from(svg)), { code: 'MEDIA_INVALID' });
});
