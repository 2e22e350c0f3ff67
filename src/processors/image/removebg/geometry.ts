import { AppError } from '#kernel/errors.ts';
import type { Box } from '#processors/shared/image/alpha.ts';
import type { RemovebgParams } from './params.ts';

interface Size {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Where everything goes. */
export interface Layout {
  readonly canvas: Size;
  /** What is taken from the picture. */
  readonly source: Box;
  /** Where it stands on the canvas, and how large; it may reach over the edge. */
  readonly target: Box;
  /** The visible subject on the canvas. */
  readonly foreground: Box;
}

/** remove.bg's limit to a margin, on each side. */
const maxMarginPx = 500;
const maxMarginShare = 0.5;

/** The size with the same proportions and at most so many megapixels. */
export function shrunk({ widthPx, heightPx }: Size, maxMegapixels: number): Size {
  const share = maxMegapixels === 0 ? 1 : Math.sqrt((maxMegapixels * 1e6) / (widthPx * heightPx));
  if (share >= 1) return { widthPx, heightPx };
  return { widthPx: Math.max(1, Math.floor(widthPx * share)), heightPx: Math.max(1, Math.floor(heightPx * share)) };
}

/**
 * The region of interest at the size that is worked at.
 *
 * @param original the picture's own size, which lengths in px are of
 * @throws AppError INVALID_PARAMETERS when it is empty, or reaches over the edge
 */
export function regionOf(roi: string, original: Size, size: Size): Box {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = roi.split(' ').map((text, at) => {
    const full = at % 2 === 0 ? original.widthPx : original.heightPx;
    return lengthOf(text, full) / full;
  });
  if ([x1, y1, x2, y2].some((share) => share > 1)) throw wrongRoi('exceeds the picture');
  const [leftPx, topPx] = [Math.round(x1 * size.widthPx), Math.round(y1 * size.heightPx)];
  const widthPx = Math.round(x2 * size.widthPx) - leftPx;
  const heightPx = Math.round(y2 * size.heightPx) - topPx;
  if (widthPx < 1 || heightPx < 1) throw wrongRoi('is empty');
  return { leftPx, topPx, widthPx, heightPx };
}

/** @param subject undefined when nothing was found: then the picture stays as it is */
export function layoutOf({ widthPx, heightPx }: Size, subject: Box | undefined, params: RemovebgParams): Layout {
  const picture = { widthPx, heightPx };
  const whole = { leftPx: 0, topPx: 0, ...picture };
  if (subject === undefined) return { canvas: picture, source: whole, target: whole, foreground: whole };
  const { canvas, leftPx, topPx } = params.crop ? cropped(subject, params.cropMargin) : { canvas: picture, ...subject };
  const position = params.position === 'auto' ? (params.scalePercent > 0 ? 'center' : 'original') : params.position;
  // Untouched, the faint rim around the subject stays too.
  if (!params.crop && params.scalePercent === 0 && position === 'original') {
    return { canvas: picture, source: whole, target: whole, foreground: subject };
  }
  const size = params.scalePercent === 0 ? subject : scaled(subject, canvas, params.scalePercent);
  const place = position === 'original' ? centred(subject, size, leftPx, topPx) : placed(size, canvas, position);
  const target = { ...place, widthPx: size.widthPx, heightPx: size.heightPx };
  return { canvas, source: subject, target, foreground: target };
}

function cropped(subject: Box, cropMargin: string) {
  const margins = cropMargin.split(' ');
  const [top = '0px', right = top, bottom = top, left = right] = margins;
  const [above, below] = [top, bottom].map((text) => marginPx(text, subject.heightPx));
  const [before, behind] = [left, right].map((text) => marginPx(text, subject.widthPx));
  const [topPx = 0, leftPx = 0] = [above, before];
  const canvas = {
    widthPx: leftPx + subject.widthPx + (behind ?? 0),
    heightPx: topPx + subject.heightPx + (below ?? 0),
  };
  return { canvas, leftPx, topPx };
}

function marginPx(text: string, subjectPx: number): number {
  return Math.round(Math.min(lengthOf(text, subjectPx), subjectPx * maxMarginShare, maxMarginPx));
}

function scaled(subject: Size, canvas: Size, percent: number): Size {
  const factor = (percent / 100) * Math.min(canvas.widthPx / subject.widthPx, canvas.heightPx / subject.heightPx);
  return {
    widthPx: Math.max(1, Math.round(subject.widthPx * factor)),
    heightPx: Math.max(1, Math.round(subject.heightPx * factor)),
  };
}

/** Around the place where it was. */
function centred(subject: Size, size: Size, leftPx: number, topPx: number) {
  return {
    leftPx: Math.round(leftPx + (subject.widthPx - size.widthPx) / 2),
    topPx: Math.round(topPx + (subject.heightPx - size.heightPx) / 2),
  };
}

/** 0% is at the left or top edge, 100% at the right or bottom edge. */
function placed(size: Size, canvas: Size, position: string) {
  const [x = 50, y = x] = position === 'center' ? [50] : position.split(' ').map((text) => Number.parseFloat(text));
  return {
    leftPx: Math.round(((canvas.widthPx - size.widthPx) * Math.min(x, 100)) / 100),
    topPx: Math.round(((canvas.heightPx - size.heightPx) * Math.min(y, 100)) / 100),
  };
}

/** `30px` or `10%`. */
function lengthOf(text: string, full: number): number {
  const value = Number.parseFloat(text);
  return text.endsWith('%') ? (value * full) / 100 : value;
}

function wrongRoi(what: string): AppError {
  return new AppError('INVALID_PARAMETERS', `The region of interest ${what}. Give "x1 y1 x2 y2" inside the picture.`);
}
