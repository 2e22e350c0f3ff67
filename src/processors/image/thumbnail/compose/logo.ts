import { decodeRegion } from '#processors/shared/image/decode-region.ts';
import type { LogoParams } from '../params/logo.ts';
import type { OpenedPicture } from './background.ts';
import { anchored } from './placement.ts';
import { type Layer, lay, type Raster } from './raster.ts';

/** Free space at the canvas's edges, for logos and texts, in shares of its shorter side. */
export const edgeShare = 0.04;

/** Lays a logo on the canvas, or all over it. @throws AppError MEDIA_INVALID */
export async function layLogo(raster: Raster, { source, facts }: OpenedPicture, params: LogoParams): Promise<void> {
  const { widthPx: canvasWidth, heightPx: canvasHeight } = raster;
  const wanted = Math.max(1, Math.round((canvasWidth * params.widthPercent) / 100));
  // A tall one is bounded by the canvas's height.
  const scale = Math.min(wanted / facts.widthPx, canvasHeight / facts.heightPx);
  const widthPx = Math.max(1, Math.round(facts.widthPx * scale));
  const heightPx = Math.max(1, Math.round(facts.heightPx * scale));
  const picture = await decodeRegion(source, facts, { widthPx, heightPx }, { leftPx: 0, topPx: 0, widthPx, heightPx });
  const opacity = params.opacityPercent / 100;
  if (params.tile) return layTiles(raster, { ...picture, leftPx: 0, topPx: 0 }, opacity);

  const edge = edgeShare * Math.min(canvasWidth, canvasHeight);
  const room = { left: edge, top: edge, width: canvasWidth - 2 * edge, height: canvasHeight - 2 * edge };
  const { left, top } = anchored(room, widthPx, heightPx, params.anchor);
  const leftPx = Math.round(left + (params.offsetXPercent / 100) * canvasWidth);
  const topPx = Math.round(top + (params.offsetYPercent / 100) * canvasHeight);
  lay(raster, { ...picture, leftPx, topPx }, opacity);
}

/** Rows of logos, every second one shifted by half, with as much space between them as they take. */
function layTiles(raster: Raster, logo: Layer, opacity: number): void {
  const [stepX, stepY] = [logo.widthPx * 2, logo.heightPx + logo.widthPx];
  for (let row = 0, topPx = 0; topPx < raster.heightPx; row++, topPx += stepY)
    for (let leftPx = row % 2 === 0 ? 0 : -logo.widthPx; leftPx < raster.widthPx; leftPx += stepX)
      lay(raster, { ...logo, leftPx, topPx }, opacity);
}
