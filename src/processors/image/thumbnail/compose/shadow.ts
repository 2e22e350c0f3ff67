import { type ShadowParams, shadowDefaults } from '../params/product.ts';
import { contactShade } from './contact-shadow.ts';
import { directions, type Rect } from './placement.ts';
import { type Layer, lay, layShade, type Raster, type Rgb } from './raster.ts';
import { reflectionOf } from './reflection.ts';
import { softened } from './soften.ts';

/** A shadow's numbers in pixels. */
export interface ShadowShape {
  /** 0…1 */
  readonly opacity: number;
  readonly sigmaPx: number;
  /** Where it falls to, from the product. */
  readonly rightPx: number;
  readonly downPx: number;
  readonly distancePx: number;
}

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

function shapeOf(subject: Rect, params: ShadowParams): ShadowShape {
  const numbers = { ...shadowDefaults[params.kind], ...params };
  const sidePx = Math.max(subject.width, subject.height);
  const distancePx = (numbers.distancePercent / 100) * sidePx;
  const [right, down] = directions(numbers.angleDegrees);
  return {
    opacity: numbers.opacityPercent / 100,
    sigmaPx: (numbers.softnessPercent / 100) * sidePx,
    rightPx: right * distancePx,
    downPx: down * distancePx,
    distancePx,
  };
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
