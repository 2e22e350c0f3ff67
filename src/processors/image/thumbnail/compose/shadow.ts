import type { ShadowParams } from '../params/product.ts';
import { contactShade } from './contact-shadow.ts';
import type { Rect } from './placement.ts';
import { type Layer, lay, layShade, type Raster, type Rgb } from './raster.ts';
import { reflectionOf } from './reflection.ts';
import { type ShadowShape, shapeOf } from './shadow-shape.ts';
import { softened } from './soften.ts';

/** Not black: the shadow of a thing in a light room has the room's light in it. */
const shadowColour: Rgb = [14, 16, 22];

/** Draws the shadow of a product, which is laid over it afterwards. */
export async function layShadow(raster: Raster, layer: Layer, subject: Rect, params: ShadowParams): Promise<void> {
  const shape = shapeOf(subject, params);
  if (shape.opacity === 0) return;
  switch (params.kind) {
    case 'none':
      return;
    case 'drop':
      return await layDropShadow(raster, layer, shape);
    case 'contact':
      return layShade(raster, contactShade(layer, subject, shape), shadowColour, shape.opacity);
    case 'reflection':
      return lay(raster, await reflectionOf(layer, subject, shape), shape.opacity);
  }
}

async function layDropShadow(raster: Raster, layer: Layer, shape: ShadowShape): Promise<void> {
  const { widthPx, heightPx } = layer;
  const padPx = Math.ceil(shape.sigmaPx * 3);
  const alpha = layer.alpha ?? Buffer.alloc(widthPx * heightPx, 255);
  const plane = await softened({ widthPx, heightPx, alpha }, padPx, shape.sigmaPx);
  const leftPx = Math.round(layer.leftPx - padPx + shape.rightPx);
  const topPx = Math.round(layer.topPx - padPx + shape.downPx);
  layShade(raster, { ...plane, leftPx, topPx }, shadowColour, shape.opacity);
}
