import sharp from 'sharp';
import { compressionOf, type Task } from './task.ts';

/** A script with nothing but sharp, in as many processes as Esteira has children. */
const [kind = 'resize', outDir = '.'] = process.argv.slice(2);
sharp.concurrency(1);
sharp.cache(false);

export interface BareTask extends Task {
  readonly worker: number;
}

process.on('message', async (task: BareTask) => {
  const startedMs = performance.now();
  for (const [at, file] of task.files.entries()) {
    const out = `${outDir}/${task.worker}-${at}.jpg`;
    const quality = compressionOf(task.round);
    if (kind === 'resize') await resize(file, out, quality);
    else await compose(file, task.masks[at] ?? '', out, quality);
  }
  process.send?.(performance.now() - startedMs);
});
process.once('disconnect', () => process.exit());

async function resize(file: string, out: string, quality: number): Promise<void> {
  await sharp(file)
    .autoOrient()
    .resize(512, 512, { fit: 'inside' })
    .toColourspace('srgb')
    .jpeg({ quality })
    .toFile(out);
}

const side = 1_200;
const margin = 0.06;

/** The product by its mask, trimmed, in the middle of a white square with a margin. */
async function compose(file: string, mask: string, out: string, quality: number): Promise<void> {
  const { width = 0, height = 0 } = await sharp(file).metadata();
  const alpha = await sharp(mask)
    .resize(width, height, { fit: 'fill', kernel: 'linear' })
    .toColourspace('b-w')
    .raw()
    .toBuffer();
  const box = boxOf(alpha, width, height);
  const cut = await sharp(file)
    .autoOrient()
    .toColourspace('srgb')
    .removeAlpha()
    .joinChannel(alpha, { raw: { width, height, channels: 1 } })
    .extract(box)
    .raw()
    .toBuffer({ resolveWithObject: true });
  const room = Math.round(side * (1 - 2 * margin));
  const product = await sharp(cut.data, { raw: cut.info })
    .resize(room, room, { fit: 'inside' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width: wide, height: high } = product.info;
  await sharp({ create: { width: side, height: side, channels: 3, background: '#fff' } })
    .composite([
      {
        input: product.data,
        raw: product.info,
        left: Math.round((side - wide) / 2),
        top: Math.round((side - high) / 2),
      },
    ])
    .jpeg({ quality })
    .toFile(out);
}

function boxOf(alpha: Uint8Array, width: number, height: number) {
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let y = 0; y < height; y++) {
    const row = alpha.subarray(y * width, (y + 1) * width);
    const first = row.findIndex((value) => value >= 16);
    if (first < 0) continue;
    left = Math.min(left, first);
    right = Math.max(
      right,
      row.findLastIndex((value) => value >= 16),
    );
    top = Math.min(top, y);
    bottom = y;
  }
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}
