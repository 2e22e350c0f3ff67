import { AppError } from '#kernel/errors.ts';
import { type Box, settle } from '#processors/shared/image/alpha.ts';
import { decodeRegion, type PictureFacts } from '#processors/shared/image/decode-region.ts';
import { estimateForeground } from '#processors/shared/image/foreground.ts';
import type { PictureSource } from '#processors/shared/image/readable-picture.ts';
import type { ProductParams } from '../params/product.ts';
import { fadeHaze } from './fade-haze.ts';
import { boundsOf, directions, type Placement, type Point, place, type Rect, turnedBounds } from './placement.ts';
import type { Layer } from './raster.ts';
import { outlineOf, type Silhouette, silhouetteOfMask, silhouetteOfPicture, stretched } from './silhouette.ts';
import { turnedLayer } from './turned-layer.ts';

export interface ProductSource {
  readonly photo: PictureSource;
  readonly facts: PictureFacts;
  /** White is the product; none where the picture is used as it is. */
  readonly mask: PictureSource | undefined;
}

/** Where it goes. */
export interface ProductPlace {
  readonly area: Rect;
  readonly marginPercent: number;
  readonly canvas: { readonly widthPx: number; readonly heightPx: number };
}

export interface PlacedProduct {
  /** Nothing when it stands beside the canvas. */
  readonly layer: Layer | undefined;
  /** The subject on the canvas, between pixels. */
  readonly subject: Rect;
}

const wholePicture: readonly Point[] = [
  [0, 0],
  [1, 0],
  [0, 1],
  [1, 1],
];

/**
 * Cuts a product out of its photograph at the size at which it is shown, and places it.
 *
 * @throws AppError NO_SUBJECT, MEDIA_INVALID
 */
export async function placeProduct(
  source: ProductSource,
  params: ProductParams,
  where: ProductPlace,
): Promise<PlacedProduct> {
  const { photo, facts, mask } = source;
  const silhouette = await silhouetteOf(source);
  const outline = silhouette === undefined ? wholePicture : outlineOf(silhouette, params.rotateDegrees % 360 !== 0);
  if (outline.length === 0) throw noSubject(params);
  const { mirror, rotateDegrees } = params;
  const points = outline.map(([x, y]): Point => [(x - 0.5) * facts.widthPx, (y - 0.5) * facts.heightPx]);
  const bounds = turnedBounds(points, mirror, rotateDegrees);
  const placement = place(bounds, where.area, where.marginPercent, params);

  const scaled = {
    widthPx: Math.max(1, Math.round(facts.widthPx * placement.scale)),
    heightPx: Math.max(1, Math.round(facts.heightPx * placement.scale)),
  };
  const middle = middleOf(placement, bounds);
  const region = neededPart(points, placement.scale, scaled, where.canvas, middle, params);
  if (region === undefined) return { layer: undefined, subject: placement.subject };

  const picture = await decodeRegion(photo, facts, scaled, region);
  // A picture that is used as it is has its opacity with it, as sharp as its colours.
  const alpha =
    mask === undefined || silhouette === undefined
      ? picture.alpha
      : settle(await stretched(silhouette, scaled, region), picture.alpha);
  if (alpha !== undefined && mask !== undefined) {
    estimateForeground(picture.rgb, alpha, region.widthPx, region.heightPx);
    const marginPx = (Math.min(where.area.width, where.area.height) * where.marginPercent) / 100;
    const bounds = subjectIn(region, boundsOf(points), placement.scale, scaled);
    fadeHaze(alpha, region.widthPx, region.heightPx, bounds, Math.max(1, marginPx * hazeShare));
  }

  const cut = { ...picture, ...(alpha === undefined ? {} : { alpha }) };
  const across = region.leftPx - scaled.widthPx / 2;
  const [x, y] = [mirror ? -across - region.widthPx : across, region.topPx - scaled.heightPx / 2];
  if (rotateDegrees % 360 !== 0) {
    const layer = turnedLayer(cut, {
      mirror,
      degrees: rotateDegrees,
      middle,
      corner: [x, y],
      subject: placement.subject,
    });
    return { layer, subject: placement.subject };
  }
  if (mirror) mirrorRows(cut);
  const layer = { ...cut, leftPx: Math.round(middle[0] + x), topPx: Math.round(middle[1] + y) };
  return { layer, subject: placement.subject };
}

async function silhouetteOf({ photo, facts, mask }: ProductSource): Promise<Silhouette | undefined> {
  if (mask !== undefined) return await silhouetteOfMask(mask, photo, facts);
  return facts.hasAlpha ? await silhouetteOfPicture(photo, facts) : undefined;
}

function noSubject({ input, cutout }: ProductParams): AppError {
  const detail = cutout
    ? `No product was found in input ${input}. Take a photograph on a plainer background, paint its mask and send that ` +
      'as a further input, or use the picture as it is with "cutout": false.'
    : `Input ${input} is wholly transparent: there is nothing to show. Send another picture.`;
  return new AppError('NO_SUBJECT', detail, { extensions: { input } });
}

/** Where the middle of the whole photograph lies on the canvas. */
function middleOf({ scale, subject }: Placement, bounds: Rect): Point {
  return [subject.left - bounds.left * scale, subject.top - bounds.top * scale];
}

/** Of the margin, which is to stay empty: what lies beyond the outline, all but invisible, ends in it. */
const hazeShare = 0.5;

/** The subject's bounds in pixels of the part that is decoded. */
function subjectIn(region: Box, subject: Rect, scale: number, scaled: { widthPx: number; heightPx: number }): Rect {
  return {
    left: subject.left * scale + scaled.widthPx / 2 - region.leftPx,
    top: subject.top * scale + scaled.heightPx / 2 - region.topPx,
    width: subject.width * scale,
    height: subject.height * scale,
  };
}

/** Soft edges reach beyond the outline, and colours are cleaned by what is around them. */
const surroundingsShare = 0.03;
const surroundingsPx = 8;

/** What of the scaled photograph is needed: the subject and its surroundings, as far as the canvas shows them. */
function neededPart(
  points: readonly Point[],
  scale: number,
  scaled: { readonly widthPx: number; readonly heightPx: number },
  canvas: { readonly widthPx: number; readonly heightPx: number },
  [middleX, middleY]: Point,
  { mirror, rotateDegrees }: ProductParams,
): Box | undefined {
  const subject = boundsOf(points);
  const padPx = surroundingsPx + Math.max(subject.width, subject.height) * scale * surroundingsShare;
  const [right, down] = directions(-rotateDegrees);
  const corners: Point[] = [];
  for (const x of [-padPx, canvas.widthPx + padPx]) {
    for (const y of [-padPx, canvas.heightPx + padPx]) {
      const [dx, dy] = [x - middleX, y - middleY];
      const across = dx * right - dy * down;
      corners.push([mirror ? -across : across, dx * down + dy * right]);
    }
  }
  const seen = boundsOf(corners);
  const [width, height] = [scaled.widthPx / 2, scaled.heightPx / 2];
  const from = (edge: number, visible: number, half: number) =>
    Math.max(0, Math.floor(Math.max(edge * scale - padPx, visible) + half));
  const to = (edge: number, visible: number, half: number) =>
    Math.min(half * 2, Math.ceil(Math.min(edge * scale + padPx, visible) + half));
  const leftPx = from(subject.left, seen.left, width);
  const topPx = from(subject.top, seen.top, height);
  const widthPx = to(subject.left + subject.width, seen.left + seen.width, width) - leftPx;
  const heightPx = to(subject.top + subject.height, seen.top + seen.height, height) - topPx;
  return widthPx > 0 && heightPx > 0 ? { leftPx, topPx, widthPx, heightPx } : undefined;
}

function mirrorRows({
  rgb,
  alpha,
  widthPx,
  heightPx,
}: {
  rgb: Buffer;
  alpha?: Buffer;
  widthPx: number;
  heightPx: number;
}): void {
  for (let row = 0; row < heightPx; row++) {
    alpha?.subarray(row * widthPx, (row + 1) * widthPx).reverse();
    for (let left = row * widthPx, right = left + widthPx - 1; left < right; left++, right--) {
      for (let channel = 0; channel < 3; channel++) {
        const kept = rgb[left * 3 + channel] as number;
        rgb[left * 3 + channel] = rgb[right * 3 + channel] as number;
        rgb[right * 3 + channel] = kept;
      }
    }
  }
}
