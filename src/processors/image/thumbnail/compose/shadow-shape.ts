import { type ShadowParams, shadowDefaults } from '../params/product.ts';
import { directions, type Rect } from './placement.ts';

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

/** Completes a shadow by its kind, and measures it by its product. */
export function shapeOf(subject: Rect, params: ShadowParams): ShadowShape {
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
