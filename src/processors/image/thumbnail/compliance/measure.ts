import sharp from 'sharp';
import { decodePicture } from '#processors/shared/image/decode.ts';
import type { Rect } from '../compose/placement.ts';

/** What a finished file is, by looking at it. */
export interface Measured {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly sizeBytes: number;
  /** `jpeg`, `png`, `webp`, `avif` */
  readonly format: string;
  /** sRGB with 8 bits and no profile of another space. */
  readonly srgb: boolean;
  readonly hasAlpha: boolean;
  /** Darkest of the three colours anywhere in the four corners. */
  readonly darkestCorner: number;
  /** Of the frame's pixels, how many are white, in per cent. */
  readonly whiteBorderPercent: number;
  /** The subject's longer reach: its width or height, in per cent of the canvas's. */
  readonly fillPercent: number;
}

/** Sides of the corners and width of the frame, in shares of the shorter side. */
const cornerShare = 0.02;
const frameShare = 0.005;
/** A white that JPEG wrote may come back this much darker. */
const whiteTolerance = 2;
/** The subject begins where a pixel differs from the background by more than a shadow's faint edge or JPEG's noise. */
const subjectDifference = 24;

/**
 * Measures the file that was written, not what was meant to be written.
 *
 * @param composed where the subject was put, for backgrounds on which it cannot be seen where it begins
 */
export async function measure(file: Buffer, composed: Rect): Promise<Measured> {
  const { format, space, depth, hasAlpha, icc } = await sharp(file).metadata();
  const { widthPx, heightPx, rgb } = await decodePicture(file);
  const shorter = Math.min(widthPx, heightPx);
  const corner = Math.max(1, Math.round(shorter * cornerShare));
  const frame = Math.max(1, Math.round(shorter * frameShare));
  const picture: Pixels = { widthPx, heightPx, rgb };
  return {
    widthPx,
    heightPx,
    sizeBytes: file.length,
    format: format === 'heif' ? 'avif' : format,
    srgb: space === 'srgb' && depth === 'uchar' && icc === undefined,
    hasAlpha,
    darkestCorner: darkestCorner(picture, corner),
    whiteBorderPercent: whiteBorder(picture, frame),
    fillPercent: fill(picture, corner, composed),
  };
}

interface Pixels {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly rgb: Buffer;
}

function darkest({ rgb }: Pixels, pixel: number): number {
  return Math.min(rgb[pixel * 3] as number, rgb[pixel * 3 + 1] as number, rgb[pixel * 3 + 2] as number);
}

function darkestCorner(picture: Pixels, side: number): number {
  const { widthPx, heightPx } = picture;
  let least = 255;
  for (const left of [0, widthPx - side])
    for (const top of [0, heightPx - side])
      for (let y = top; y < top + side; y++)
        for (let x = left; x < left + side; x++) least = Math.min(least, darkest(picture, y * widthPx + x));
  return least;
}

function whiteBorder(picture: Pixels, frame: number): number {
  const { widthPx, heightPx } = picture;
  let white = 0;
  let all = 0;
  for (let y = 0; y < heightPx; y++) {
    const across = y < frame || y >= heightPx - frame;
    for (let x = 0; x < widthPx; x++) {
      if (!across && x === frame) x = Math.max(x, widthPx - frame);
      all++;
      if (darkest(picture, y * widthPx + x) >= 255 - whiteTolerance) white++;
    }
  }
  return (white / all) * 100;
}

/** By the difference to the background where that is plain, else by what was composed. */
function fill(picture: Pixels, corner: number, composed: Rect): number {
  const { widthPx, heightPx, rgb } = picture;
  const plain = plainColour(picture, corner);
  if (plain === undefined) return reach(composed.width / widthPx, composed.height / heightPx);
  const [red, green, blue] = plain;
  let [left, right, top, bottom] = [widthPx, -1, heightPx, -1];
  for (let y = 0, at = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++, at += 3) {
      const difference =
        Math.abs((rgb[at] as number) - red) +
        Math.abs((rgb[at + 1] as number) - green) +
        Math.abs((rgb[at + 2] as number) - blue);
      if (difference <= subjectDifference) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  return right < 0 ? 0 : reach((right - left + 1) / widthPx, (bottom - top + 1) / heightPx);
}

function reach(ofWidth: number, ofHeight: number): number {
  return Math.min(100, Math.max(ofWidth, ofHeight) * 100);
}

/** The colour of the corners, if they have one. */
function plainColour({ widthPx, heightPx, rgb }: Pixels, side: number): readonly [number, number, number] | undefined {
  const first: [number, number, number] = [rgb[0] as number, rgb[1] as number, rgb[2] as number];
  for (const left of [0, widthPx - side])
    for (const top of [0, heightPx - side])
      for (let y = top; y < top + side; y++)
        for (let x = left; x < left + side; x++)
          for (let channel = 0; channel < 3; channel++)
            if (Math.abs((rgb[(y * widthPx + x) * 3 + channel] as number) - (first[channel] as number)) > 6)
              return undefined;
  return first;
}
