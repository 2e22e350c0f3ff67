import type { ResizeParams } from './params.ts';

export interface Size {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** First scaled to `scaled`, then cut out of that. */
export interface FocalCrop {
  readonly scaled: Size;
  readonly crop: Size & { readonly leftPx: number; readonly topPx: number };
}

/**
 * Cover around a point: the window of the asked size whose middle is as near to the point as the edges allow.
 * Scaling comes first, so that decoders may still give a smaller picture than there is in the file.
 *
 * @param source upright
 */
export function focalCrop(source: Size, params: ResizeParams): FocalCrop {
  const { widthPx, heightPx, focalXPercent, focalYPercent, enlarge } = params;
  const covering = Math.max(widthPx / source.widthPx, heightPx / source.heightPx);
  const scale = enlarge ? covering : Math.min(1, covering);
  const scaled = {
    widthPx: Math.max(1, Math.round(source.widthPx * scale)),
    heightPx: Math.max(1, Math.round(source.heightPx * scale)),
  };
  const size = { widthPx: Math.min(widthPx, scaled.widthPx), heightPx: Math.min(heightPx, scaled.heightPx) };
  const leftPx = window(scaled.widthPx, size.widthPx, focalXPercent);
  const topPx = window(scaled.heightPx, size.heightPx, focalYPercent);
  return { scaled, crop: { ...size, leftPx, topPx } };
}

/** @returns where a window of `length` begins on a line of `whole` */
function window(whole: number, length: number, focalPercent: number): number {
  const wanted = Math.round((whole * focalPercent) / 100 - length / 2);
  return Math.min(Math.max(0, wanted), whole - length);
}

/**
 * How many pixels are computed at most, whichever side of the stored picture is up.
 *
 * @param stored as in the file, before it is turned
 */
export function outputPixels(stored: Size, { fit, widthPx, heightPx, enlarge }: ResizeParams): number {
  const turned = { widthPx: stored.heightPx, heightPx: stored.widthPx };
  const areas = [stored, turned].map((source) => {
    const whole = source.widthPx * source.heightPx;
    const scales = [widthPx / source.widthPx, heightPx / source.heightPx].filter((scale) => scale > 0);
    if (scales.length === 0) return whole;
    if (scales.length === 2 && (fit === 'contain' || fit === 'fill')) return widthPx * heightPx;
    const scale = fit === 'inside' ? Math.min(...scales) : Math.max(...scales);
    return whole * (enlarge ? scale : Math.min(1, scale)) ** 2;
  });
  return Math.max(...areas);
}
