import sharp from 'sharp';
import type { Box } from '#processors/shared/image/alpha.ts';
import { decodeMask, decoding, openPicture } from '#processors/shared/image/decode.ts';
import { type PictureFacts, pictureFacts } from '#processors/shared/image/decode-region.ts';
import type { PictureSource } from '#processors/shared/image/readable-picture.ts';
import type { Point } from './placement.ts';

/** What of a photograph is subject, at a size of its own: stretched, it lies on the photograph. */
export interface Silhouette {
  readonly widthPx: number;
  readonly heightPx: number;
  /** 1 byte a pixel */
  readonly alpha: Buffer;
}

/** Finer masks are painted ones; what they have more is less than a pixel of any thumbnail. */
const maxSidePx = 2_048;

/** The mask as it was made or painted. @param photo its own opacity bounds the mask */
export async function silhouetteOfMask(
  mask: PictureSource,
  photo: PictureSource,
  facts: PictureFacts,
): Promise<Silhouette> {
  const { widthPx: fullWidthPx, heightPx: fullHeightPx } = await pictureFacts(mask);
  const widthPx = Math.min(maxSidePx, fullWidthPx);
  const heightPx = Math.min(maxSidePx, fullHeightPx);
  const alpha = await decodeMask(mask, widthPx, heightPx);
  if (facts.hasAlpha) {
    const own = await ownOpacity(photo, widthPx, heightPx);
    for (let pixel = 0; pixel < alpha.length; pixel++)
      alpha[pixel] = Math.min(alpha[pixel] as number, own[pixel] as number);
  }
  return { widthPx, heightPx, alpha };
}

/** The picture's own opacity. */
export async function silhouetteOfPicture(photo: PictureSource, facts: PictureFacts): Promise<Silhouette> {
  const widthPx = Math.min(maxSidePx, facts.widthPx);
  const heightPx = Math.min(maxSidePx, facts.heightPx);
  return { widthPx, heightPx, alpha: await ownOpacity(photo, widthPx, heightPx) };
}

async function ownOpacity(photo: PictureSource, widthPx: number, heightPx: number): Promise<Buffer> {
  const image = await openPicture(photo);
  return await decoding(
    image
      .autoOrient()
      .resize(widthPx, heightPx, { fit: 'fill', kernel: 'linear' })
      .extractChannel('alpha')
      .raw({ depth: 'uchar' })
      .toBuffer(),
  );
}

/**
 * A part of the silhouette, stretched to the size of the whole photograph on the canvas: between the middles of its
 * pixels, linearly. Where it is shrunk libvips does it, which then takes all pixels into account.
 *
 * @returns 1 byte a pixel
 */
export async function stretched(silhouette: Silhouette, scaled: Size, region: Box): Promise<Buffer> {
  const { widthPx: width, heightPx: height, alpha } = silhouette;
  if (scaled.widthPx >= width && scaled.heightPx >= height) return enlarged(silhouette, scaled, region);
  return await sharp(alpha, { raw: { width, height, channels: 1 } })
    .resize(scaled.widthPx, scaled.heightPx, { fit: 'fill', kernel: 'linear' })
    .extract({ left: region.leftPx, top: region.topPx, width: region.widthPx, height: region.heightPx })
    .toColourspace('b-w')
    .raw({ depth: 'uchar' })
    .toBuffer();
}

interface Size {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** A quarter of the time that a general resampler needs for it. */
function enlarged({ widthPx, heightPx, alpha }: Silhouette, scaled: Size, region: Box): Buffer {
  const columns = samplesOf(region.leftPx, region.widthPx, scaled.widthPx, widthPx);
  const rows = samplesOf(region.topPx, region.heightPx, scaled.heightPx, heightPx);
  const result = Buffer.allocUnsafe(region.widthPx * region.heightPx);
  for (let y = 0, at = 0; y < region.heightPx; y++) {
    const upper = (rows.first[y] as number) * widthPx;
    const lower = (rows.second[y] as number) * widthPx;
    const down = rows.share[y] as number;
    for (let x = 0; x < region.widthPx; x++, at++) {
      const left = columns.first[x] as number;
      const right = columns.second[x] as number;
      const across = columns.share[x] as number;
      const a = alpha[upper + left] as number;
      const b = alpha[lower + left] as number;
      const c = alpha[upper + right] as number;
      const d = alpha[lower + right] as number;
      const before = a + (b - a) * down;
      result[at] = before + (c + (d - c) * down - before) * across + 0.5;
    }
  }
  return result;
}

/** Which two pixels lie around each place, and how near it is to the second. */
function samplesOf(from: number, count: number, scaledPx: number, ownPx: number) {
  const first = new Int32Array(count);
  const second = new Int32Array(count);
  const share = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    const place = Math.min(ownPx - 1, Math.max(0, ((from + index + 0.5) * ownPx) / scaledPx - 0.5));
    first[index] = Math.floor(place);
    second[index] = Math.min(ownPx - 1, Math.floor(place) + 1);
    share[index] = place - Math.floor(place);
  }
  return { first, second, share };
}

/** Nothing fainter is taken for a subject. */
const faintest = 32;

/**
 * The edge of the subject: where the mask is half, or half of its strongest where it is weak all over (glass).
 * Found between pixels, because one pixel of a mask may be several of the thumbnail.
 *
 * @param everyRow whether its hull is asked for, because it will be turned, or its box alone
 * @returns points that have the subject's hull or box, in shares of the photograph's width and height; nothing when there is
 *   no subject
 */
export function outlineOf({ alpha, widthPx, heightPx }: Silhouette, everyRow: boolean): readonly Point[] {
  const columns = new Uint8Array(widthPx);
  const rows = new Uint8Array(heightPx);
  for (let y = 0, pixel = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++, pixel++) {
      const value = alpha[pixel] as number;
      if (value > (columns[x] as number)) columns[x] = value;
      if (value > (rows[y] as number)) rows[y] = value;
    }
  }
  const strongest = rows.reduce((most, value) => Math.max(most, value), 0);
  if (strongest < faintest) return [];
  const half = Math.min(127.5, strongest / 2);
  const [left, right] = crossings(columns, half);
  const [top, bottom] = crossings(rows, half);
  const points: Point[] = [];
  if (!everyRow) points.push([left, top], [right, top], [left, bottom], [right, bottom]);
  for (let y = 0; everyRow && y < heightPx; y++) {
    if ((rows[y] as number) < half) continue;
    const [from, to] = crossings(alpha.subarray(y * widthPx, (y + 1) * widthPx), half);
    // A row of pixels is as high as a pixel, but not higher than the subject.
    for (const edge of [Math.max(top, y), Math.min(bottom, y + 1)]) points.push([from, edge], [to, edge]);
  }
  return points.map(([x, y]) => [
    Math.min(right, Math.max(left, x)) / widthPx,
    Math.min(bottom, Math.max(top, y)) / heightPx,
  ]);
}

/** The first and the last place at which a row of values passes a level, between its pixels' middles. */
function crossings(values: Uint8Array, level: number): readonly [number, number] {
  let first = 0;
  while (first < values.length - 1 && (values[first] as number) < level) first++;
  let last = values.length - 1;
  while (last > first && (values[last] as number) < level) last--;
  return [first + 0.5 - reach(values, first, -1, level), last + 0.5 + reach(values, last, 1, level)];
}

/** How far beyond a pixel's middle; half a pixel at the edge of the picture. */
function reach(values: Uint8Array, at: number, step: -1 | 1, level: number): number {
  const next = values[at + step];
  if (next === undefined) return 0.5;
  const own = values[at] as number;
  return (own - level) / (own - next);
}
