import { decodeMask } from './decode.ts';

/** A mask at the model's size: 1 byte a pixel, 0 = background. */
export interface Mask {
  readonly sizePx: number;
  readonly alpha: Uint8Array;
}

/** Below this, and above 255 minus it, the network's last doubts are noise that would only cost bytes. */
const doubt = 3;

/**
 * The mask at the picture's size. Linear, because sharper filters overshoot and draw a second edge beside the first.
 *
 * @param path a picture of the mask, white on the subject, of any size: it is stretched over the picture
 * @param own the picture's own opacity: an upper bound, since what was transparent stays so
 * @returns 1 byte a pixel
 * @throws AppError MEDIA_INVALID when the mask's file is damaged
 */
export async function alphaFromMask(
  path: string,
  widthPx: number,
  heightPx: number,
  own: Uint8Array | undefined,
): Promise<Buffer> {
  return settle(await decodeMask(path, widthPx, heightPx), own);
}

/**
 * Takes the network's last doubts out of a mask.
 *
 * @param alpha changed in place
 * @param own the picture's own opacity, an upper bound
 */
export function settle<B extends Uint8Array>(alpha: B, own: Uint8Array | undefined): B {
  for (let pixel = 0; pixel < alpha.length; pixel++) {
    const value = alpha[pixel] as number;
    const settled = value < doubt ? 0 : value > 255 - doubt ? 255 : value;
    alpha[pixel] = own ? Math.min(settled, own[pixel] as number) : settled;
  }
  return alpha;
}

/** What a mask says of itself. */
export interface MaskQuality {
  /** 0…1: 1 is a subject with a clean edge, 0 is nothing found or nothing but doubt. */
  readonly confidence: number;
  /** Share of the picture that is more subject than not, 0…1. */
  readonly coverage: number;
}

/** A subject smaller than this share of the picture is more likely a speck. */
const smallestSubject = 0.001;

/**
 * Judges a mask by how much of it is neither subject nor background: 4α(1−α), summed, against the subject's area.
 * Thin leaves and line art, where a smaller look goes wrong, are soft nearly everywhere; a mug is soft at its rim.
 */
export function judgeMask({ alpha }: Pick<Mask, 'alpha'>): MaskQuality {
  const histogram = new Uint32Array(256);
  for (let pixel = 0; pixel < alpha.length; pixel++) {
    const value = alpha[pixel] as number;
    histogram[value] = (histogram[value] as number) + 1;
  }
  let subject = 0;
  let soft = 0;
  let solid = 0;
  for (const [value, count] of histogram.entries()) {
    const a = value / 255;
    subject += a * count;
    soft += 4 * a * (1 - a) * count;
    if (value > 127) solid += count;
  }
  const coverage = solid / alpha.length;
  const presence = Math.min(1, coverage / smallestSubject);
  const certainty = subject > 0 ? subject / (subject + soft) : 0;
  return { confidence: presence * certainty, coverage };
}

/** A rectangle of pixels. */
export interface Box {
  readonly leftPx: number;
  readonly topPx: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

/**
 * The smallest rectangle around everything that is visibly subject.
 *
 * @returns undefined when there is nothing
 */
export function subjectBox(alpha: Uint8Array, widthPx: number, heightPx: number): Box | undefined {
  const visible = 16;
  let left = widthPx;
  let right = -1;
  let top = heightPx;
  let bottom = -1;
  for (let y = 0; y < heightPx; y++) {
    const row = alpha.subarray(y * widthPx, (y + 1) * widthPx);
    const first = row.findIndex((value) => value >= visible);
    if (first < 0) continue;
    left = Math.min(left, first);
    right = Math.max(
      right,
      row.findLastIndex((value) => value >= visible),
    );
    top = Math.min(top, y);
    bottom = y;
  }
  if (bottom < 0) return undefined;
  return { leftPx: left, topPx: top, widthPx: right - left + 1, heightPx: bottom - top + 1 };
}
