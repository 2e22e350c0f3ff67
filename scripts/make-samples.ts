import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import sharp from 'sharp';

/**
 * `node scripts/make-samples.ts`: makes the pictures that an empty studio offers from the drawings in web/samples, with
 * a little of a camera's noise, so that they are cut out as photos are.
 */

const web = join(import.meta.dirname, '..', 'web');
const sizePx = 1_000;

for (const drawing of globSync(join(web, 'samples', '*.svg'))) {
  const noise = await sharp({
    create: {
      width: sizePx,
      height: sizePx,
      channels: 3,
      background: '#000',
      noise: { type: 'gaussian', mean: 128, sigma: 5 },
    },
  })
    .png()
    .toBuffer();
  const file = join(web, 'public', 'samples', `${basename(drawing, '.svg')}.webp`);
  const { size } = await sharp(drawing)
    .resize(sizePx, sizePx)
    .flatten()
    .composite([{ input: noise, blend: 'soft-light' }])
    .webp({ quality: 82, effort: 6 })
    .toFile(file);
  console.log(`${file}: ${size} bytes`);
}
