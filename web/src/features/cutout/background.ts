import type { Asset } from '../../api/asset.ts';
import type { JobRequest } from '../../api/job.ts';

/** What is put behind the products. */
export type Background =
  | { readonly kind: 'transparent' }
  | { readonly kind: 'colour'; readonly colour: string }
  | { readonly kind: 'gradient'; readonly from: string; readonly to: string }
  | { readonly kind: 'picture'; readonly assetId: string; readonly name: string };

export const qualities = ['auto', 'fast', 'balanced', 'best'] as const;
export type Quality = (typeof qualities)[number];

/** How all photos of the studio are to look. */
export interface Look {
  readonly background: Background;
  readonly quality: Quality;
}

/** Equal for looks that give equal pictures. */
export function lookKey({ background, quality }: Look): string {
  return JSON.stringify([quality, background.kind === 'picture' ? background.assetId : background]);
}

const compression = 92;
/** A picture with a composed background is for shops: none of them shows more. */
const maxCanvasPx = 2_400;
/** The server makes none smaller. */
const minCanvasPx = 16;
const marginPercent = 8;

/**
 * The work that makes this look of a photo. The mask is the same for every background, and the server keeps it: only
 * the first look of a photo, and another quality, cost the model's time.
 *
 * @param maskId asset of a mask that somebody painted; it stands in place of the model's
 */
export function jobFor(
  asset: Asset,
  { background, quality }: Look,
  maskId?: string,
): JobRequest & { readonly params: Readonly<Record<string, unknown>> } {
  const photo = maskId === undefined ? [asset.id] : [asset.id, maskId];
  switch (background.kind) {
    case 'transparent':
      return { processor: 'image.cutout', inputs: photo, params: { quality } };
    case 'colour': {
      const params = { quality, background: background.colour, format: 'jpeg', compression };
      return { processor: 'image.cutout', inputs: photo, params };
    }
    case 'gradient': {
      const stops = [
        { colour: background.from, atPercent: 0 },
        { colour: background.to, atPercent: 100 },
      ];
      const gradient = { kind: 'gradient', shape: 'linear', angleDegrees: 180, stops };
      return { processor: 'image.thumbnail', inputs: photo, params: composed(asset, quality, gradient, maskId) };
    }
    case 'picture': {
      const picture = { kind: 'image', input: photo.length, fit: 'cover' };
      const inputs = [...photo, background.assetId];
      return { processor: 'image.thumbnail', inputs, params: composed(asset, quality, picture, maskId) };
    }
  }
}

function composed(asset: Asset, quality: Quality, background: object, maskId: string | undefined) {
  const shadow = { kind: 'contact', opacityPercent: 45 };
  return {
    canvas: canvasOf(asset),
    background,
    products: [{ input: 0, ...(maskId !== undefined && { mask: 1 }), quality, marginPercent, shadow }],
    output: { format: 'jpeg', compression },
  };
}

/** The photo's own shape. */
export function canvasOf({ widthPx = 1_200, heightPx = 1_200 }: Asset): { widthPx: number; heightPx: number } {
  const scale = Math.min(1, maxCanvasPx / Math.max(widthPx, heightPx));
  const sized = (px: number): number => Math.max(minCanvasPx, Math.round(px * scale));
  return { widthPx: sized(widthPx), heightPx: sized(heightPx) };
}
