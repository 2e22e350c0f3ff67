import { judgeMask, type MaskQuality } from '#processors/shared/image/alpha.ts';
import type { MaskParams } from '#processors/shared/image/mask-params.ts';
import type { Look, Seen, Segmenter } from './isnet/segmenter.ts';

/** The exact look: the published weights in full precision at the size they were trained for. */
const exactLook: Look = { precision: 'float', sizePx: 1024 };

/**
 * Below this confidence a quick look is not trusted. Measured: above it, the 8-bit graph agrees with the exact one
 * to an IoU of 0.99 on clear edges and 0.96 on fine hair; below it, on thin leaves, to 0.7. A small float look needs
 * a clearer picture to be as good. (docs/adr/cut-outs-use-one-network-in-two-precisions.md)
 */
const trusted = { int8: 0.7, float: 0.87 };
/** A mask with less than this share of solid subject shows nothing that a second look could sharpen. */
const smallestCoverage = 0.0005;

export interface Segmentation extends MaskQuality {
  readonly mask: Seen;
  readonly look: Look;
  /** 2 when auto was unsure and looked again. */
  readonly looks: number;
}

/**
 * Finds the subject.
 *
 * @param decode gives the picture stretched to a square of this side
 */
export async function segment(
  segmenter: Segmenter,
  quality: MaskParams['quality'],
  decode: (sizePx: number) => Promise<Uint8Array>,
): Promise<Segmentation> {
  const first = firstLook(segmenter, quality);
  const mask = await segmenter.look(first, await decode(first.sizePx));
  const judged = judgeMask(mask);
  const settled = judged.confidence >= trusted[first.precision] || judged.coverage < smallestCoverage;
  if (quality !== 'auto' || settled) return { mask, look: first, looks: 1, ...judged };
  const exact = await segmenter.look(exactLook, await decode(exactLook.sizePx));
  return { mask: exact, look: exactLook, looks: 2, ...judgeMask(exact) };
}

/** Integers make the full size as cheap as a quarter of it in float: then `auto` starts there. */
export function firstLook({ quick }: Pick<Segmenter, 'quick'>, quality: MaskParams['quality']): Look {
  if (quality === 'best') return exactLook;
  if (quality === 'balanced') return { precision: quick, sizePx: 768 };
  if (quality === 'fast') return { precision: quick, sizePx: 512 };
  return { precision: quick, sizePx: quick === 'int8' ? 1024 : 512 };
}
