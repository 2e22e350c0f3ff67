import sharp, { type OverlayOptions, type Sharp } from 'sharp';
import type { Picture } from '#processors/shared/image/decode.ts';
import { decoding, openPicture } from '#processors/shared/image/decode.ts';
import type { Layout } from './geometry.ts';
import type { RemovebgParams } from './params.ts';

const clear = { r: 0, g: 0, b: 0, alpha: 0 };
/** A drop shadow's depth and softness, as shares of the subject's longer side. */
const shadowShare = { down: 0.03, sigma: 0.02 };

/**
 * The subject on its canvas: shadow below it, background behind.
 *
 * @param picture its colours without the old background
 * @param alpha at the picture's size
 * @param background path of a picture that fills the canvas
 * @throws AppError MEDIA_INVALID when the background is damaged
 */
export async function layered(
  picture: Picture,
  alpha: Buffer,
  layout: Layout,
  params: RemovebgParams,
  background: string | undefined,
): Promise<Sharp> {
  const { canvas } = layout;
  const subject = await cutFrom(picture, alpha, layout);
  const layers: OverlayOptions[] = [];
  if (params.shadow === 'drop') layers.push(...(await dropShadow(subject, layout, params.shadowOpacity / 100)));
  layers.push(...(await overlay(subject, layout.target.leftPx, layout.target.topPx, canvas)));
  const base =
    background === undefined
      ? sharp({ create: { ...sizeOf(canvas), channels: 4, background: colourOf(params) } })
      : await filled(background, canvas);
  const { data, info } = await base.composite(layers).raw().toBuffer({ resolveWithObject: true });
  return sharp(data, { raw: info });
}

/** The mask, placed as the subject would be. */
export async function maskLayer(alpha: Buffer, picture: Picture, layout: Layout): Promise<Sharp> {
  const { canvas, target } = layout;
  const white = { ...picture, rgb: Buffer.alloc(alpha.length * 3, 255) };
  const subject = await cutFrom(white, alpha, layout);
  const base = sharp({ create: { ...sizeOf(canvas), channels: 3, background: '#000' } });
  const data = await base
    .composite(await overlay(subject, target.leftPx, target.topPx, canvas))
    .extractChannel(0)
    .raw()
    .toBuffer();
  return sharp(data, { raw: { ...sizeOf(canvas), channels: 1 } }).toColourspace('b-w');
}

interface Layer {
  readonly data: Buffer;
  readonly info: { readonly width: number; readonly height: number; readonly channels: 1 | 2 | 3 | 4 };
}

async function cutFrom({ rgb, widthPx, heightPx }: Picture, alpha: Buffer, { source, target }: Layout): Promise<Layer> {
  const size = { width: widthPx, height: heightPx };
  const whole = sharp(rgb, { raw: { ...size, channels: 3 } }).joinChannel(alpha, { raw: { ...size, channels: 1 } });
  const { data, info } = await whole.raw().toBuffer({ resolveWithObject: true });
  return await sharp(data, { raw: info })
    .extract({ left: source.leftPx, top: source.topPx, ...sizeOf(source) })
    .resize({ ...sizeOf(target), fit: 'fill' })
    .raw()
    .toBuffer({ resolveWithObject: true });
}

async function dropShadow({ data, info }: Layer, { target, canvas }: Layout, opacity: number) {
  const longest = Math.max(target.widthPx, target.heightPx);
  const sigma = Math.max(0.5, longest * shadowShare.sigma);
  const reachPx = Math.ceil(sigma * 3);
  const alpha = Buffer.alloc(info.width * info.height);
  for (let pixel = 0; pixel < alpha.length; pixel++) alpha[pixel] = data[pixel * 4 + 3] as number;
  const soft = await sharp(alpha, { raw: { ...info, channels: 1 } })
    .extend({ top: reachPx, bottom: reachPx, left: reachPx, right: reachPx, background: '#000' })
    .blur(sigma)
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = soft.info;
  const shadow = Buffer.alloc(width * height * 4);
  for (let pixel = 0; pixel < width * height; pixel++) {
    shadow[pixel * 4 + 3] = Math.round((soft.data[pixel * channels] as number) * opacity);
  }
  const downPx = Math.round(longest * shadowShare.down);
  const layer = { data: shadow, info: { width, height, channels: 4 as const } };
  return await overlay(layer, target.leftPx - reachPx, target.topPx - reachPx + downPx, canvas);
}

/** A layer at its place; what reaches over the canvas is cut off, because libvips takes no layer larger than it. */
async function overlay(
  layer: Layer,
  leftPx: number,
  topPx: number,
  canvas: Layout['canvas'],
): Promise<OverlayOptions[]> {
  const [left, top] = [Math.max(0, leftPx), Math.max(0, topPx)];
  const width = Math.min(canvas.widthPx, leftPx + layer.info.width) - left;
  const height = Math.min(canvas.heightPx, topPx + layer.info.height) - top;
  if (width < 1 || height < 1) return [];
  const { data, info } = await sharp(layer.data, { raw: layer.info })
    .extract({ left: left - leftPx, top: top - topPx, width, height })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return [{ input: data, raw: { width, height, channels: info.channels }, left, top }];
}

async function filled(path: string, canvas: Layout['canvas']): Promise<Sharp> {
  const image = await openPicture(path);
  const { data, info } = await decoding(
    image
      .autoOrient()
      .flatten({ background: '#fff' })
      .resize({ ...sizeOf(canvas), fit: 'cover' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true }),
  );
  return sharp(data, { raw: info });
}

function colourOf({ background }: RemovebgParams): string | typeof clear {
  return background === 'transparent' ? clear : background;
}

function sizeOf({ widthPx, heightPx }: Layout['canvas']) {
  return { width: widthPx, height: heightPx };
}
