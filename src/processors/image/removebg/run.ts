import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import sharp, { type Sharp } from 'sharp';
import { ZipFile } from 'yazl';
import type { ProcessorContext, ProcessorOutput, ProcessorRuntime } from '#processors/contract.ts';
import { alphaFromMask, type Box, subjectBox } from '#processors/shared/image/alpha.ts';
import { decodePicture, type Picture } from '#processors/shared/image/decode.ts';
import { encode } from '#processors/shared/image/encode.ts';
import { estimateForeground } from '#processors/shared/image/foreground.ts';
import { layoutOf, regionOf, shrunk } from './geometry.ts';
import { layered, maskLayer } from './layers.ts';
import type { RemovebgParams, removebgParams } from './params.ts';

const compression = 90;
/** The same bytes for the same picture: a ZIP holds no date of ours. */
const zipDate = new Date(Date.UTC(2000, 0, 1));

export function createRuntime(): ProcessorRuntime<typeof removebgParams> {
  sharp.concurrency(1);
  sharp.cache(false);
  return {
    warm: async () => {},
    run: async (context) => [await removeBackground(context)],
  };
}

async function removeBackground(context: ProcessorContext<typeof removebgParams>): Promise<ProcessorOutput> {
  const { inputs, needed, params, scratchDir, progress } = context;
  const [[photo, background], [mask]] = [inputs, needed];
  if (!photo || !mask) throw new Error('the job came without its picture or its mask');
  const original = await decodePicture(photo.path);
  const picture = await resized(original, params.maxMegapixels);
  progress(0.3);
  const alpha = await alphaFromMask(mask.path, picture.widthPx, picture.heightPx, picture.alpha);
  clearOutside(alpha, picture.widthPx, regionOf(params.roi, original, picture));
  const subject = subjectBox(alpha, picture.widthPx, picture.heightPx);
  const layout = layoutOf(picture, subject, params);
  const { foreground, canvas } = layout;
  const data = { ...mask.data, ...canvas, foreground: subject === undefined ? null : foreground };
  if (params.channels === 'alpha') {
    const image = await maskLayer(alpha, picture, layout);
    await encode(image, 'png', compression).toFile(join(scratchDir, 'mask.png'));
    return { file: 'mask.png', mediaType: 'image/png', data };
  }
  estimateForeground(picture.rgb, alpha, picture.widthPx, picture.heightPx);
  progress(0.5);
  const image = await layered(picture, alpha, layout, params, background?.path);
  return { ...(await write(image, params, scratchDir)), data };
}

async function write(image: Sharp, { format: wanted }: RemovebgParams, dir: string) {
  if (wanted === 'zip') {
    await pipeline(await zipOf(image), createWriteStream(join(dir, 'removebg.zip')));
    return { file: 'removebg.zip', mediaType: 'application/zip' };
  }
  const format = wanted === 'auto' ? ((await image.stats()).isOpaque ? 'jpeg' : 'png') : wanted;
  const file = `removebg.${format}`;
  const shown = format === 'jpeg' ? image.flatten({ background: '#fff' }) : image;
  await encode(shown, format, compression).toFile(join(dir, file));
  return { file, mediaType: `image/${format}` };
}

/** Colours and opacity apart, which is smaller than a PNG of both. */
async function zipOf(image: Sharp) {
  const colour = encode(image.clone().removeAlpha(), 'jpeg', compression);
  const alpha = encode(image.clone().ensureAlpha().extractChannel(3).toColourspace('b-w'), 'png', compression);
  const zip = new ZipFile();
  const options = { mtime: zipDate, compress: false, mode: 0o100644 };
  zip.addBuffer(await colour.toBuffer(), 'color.jpg', options);
  zip.addBuffer(await alpha.toBuffer(), 'alpha.png', options);
  zip.end();
  return zip.outputStream;
}

async function resized(picture: Picture, maxMegapixels: number): Promise<Picture> {
  const size = shrunk(picture, maxMegapixels);
  if (size.widthPx === picture.widthPx && size.heightPx === picture.heightPx) return picture;
  const raw = { width: picture.widthPx, height: picture.heightPx };
  const shrink = (bytes: Buffer, channels: 1 | 3) =>
    sharp(bytes, { raw: { ...raw, channels } })
      .resize({ width: size.widthPx, height: size.heightPx, fit: 'fill' })
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
      .raw()
      .toBuffer();
  const rgb = await shrink(picture.rgb, 3);
  return picture.alpha === undefined ? { ...size, rgb } : { ...size, rgb, alpha: await shrink(picture.alpha, 1) };
}

function clearOutside(alpha: Buffer, widthPx: number, { leftPx, topPx, widthPx: width, heightPx: height }: Box): void {
  alpha.fill(0, 0, topPx * widthPx);
  alpha.fill(0, (topPx + height) * widthPx);
  for (let y = topPx; y < topPx + height; y++) {
    alpha.fill(0, y * widthPx, y * widthPx + leftPx);
    alpha.fill(0, y * widthPx + leftPx + width, (y + 1) * widthPx);
  }
}
