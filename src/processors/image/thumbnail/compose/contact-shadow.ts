import type { Rect } from './placement.ts';
import type { Layer, Shade } from './raster.ts';
import type { ShadowShape } from './shadow-shape.ts';

/** Shares of the subject's longer side, except where said. */
const groundShare = 0.09;
const depthOfWidth = 0.11;
const maxDepthShare = 0.11;
const coreShare = 0.007;
/** Of the footprint: the shade fades out somewhat beyond it. */
const ambientWidth = 0.74;

/** Where the product comes near the ground, column by column of its layer. */
interface Footprint {
  /** Lowest solid row of each column, on the canvas. */
  readonly lowest: Float32Array;
  /** 0…1: 1 stands on the ground, 0 is too high above it to darken it. */
  readonly nearness: Float32Array;
  readonly left: number;
  readonly right: number;
}

/**
 * The shadow of a thing that stands: darkest in the crack where it touches the ground, and around that the soft shade of
 * a wide light above. A photograph says where it touches: the lowest pixels of its columns.
 */
export function contactShade(layer: Layer, subject: Rect, shape: ShadowShape): Shade {
  const sidePx = Math.max(subject.width, subject.height);
  const base = subject.top + subject.height;
  const { lowest, nearness, left, right } = footprintOf(layer, base, groundShare * sidePx);
  const softPx = Math.max(1, shape.sigmaPx);
  const halfWidth = ((right - left) / 2) * ambientWidth + softPx / 2;
  const halfDepth = Math.min(depthOfWidth * (right - left), maxDepthShare * sidePx) / 2 + softPx;
  const corePx = Math.max(0.8, coreShare * sidePx + softPx * 0.12);
  const middleX = (left + right) / 2 + shape.rightPx;
  const middleY = base - halfDepth * 0.35 + shape.downPx;

  const leftPx = Math.floor(middleX - halfWidth * 1.6);
  const topPx = Math.floor(middleY - halfDepth * 1.8);
  const widthPx = Math.ceil(halfWidth * 3.2);
  const heightPx = Math.ceil(Math.max(middleY + halfDepth * 1.8, base + corePx * 4) - topPx);
  const alpha = Buffer.alloc(widthPx * heightPx);
  const coreTop = Math.min(...lowest) - corePx * 4;
  for (let row = 0, pixel = 0; row < heightPx; row++) {
    const y = topPx + row + 0.5;
    const down = ((y - middleY) / halfDepth) ** 2;
    for (let column = 0; column < widthPx; column++, pixel++) {
      const x = leftPx + column + 0.5;
      const ambient = 0.5 * bell(((x - middleX) / halfWidth) ** 2 + down);
      const under = leftPx + column - layer.leftPx;
      const near = y < coreTop ? 0 : (nearness[under] ?? 0);
      const core = near === 0 ? 0 : near * Math.exp(-0.5 * ((y - (lowest[under] as number)) / corePx) ** 2);
      alpha[pixel] = 255 * (1 - (1 - ambient) * (1 - 0.85 * core));
    }
  }
  return { leftPx, topPx, widthPx, heightPx, alpha };
}

/** Falls smoothly to nothing well outside the ellipse. @param square of the distance, 1 on the ellipse */
function bell(square: number): number {
  const limit = 2.5;
  return square >= limit ? 0 : (1 - square / limit) ** 2;
}

function footprintOf(layer: Layer, base: number, reachPx: number): Footprint {
  const { widthPx, heightPx, alpha, topPx } = layer;
  const lowest = new Float32Array(widthPx).fill(base);
  const nearness = new Float32Array(widthPx);
  const firstRow = Math.max(0, Math.floor(base - reachPx - topPx));
  const lastRow = Math.min(heightPx - 1, Math.ceil(base - topPx));
  for (let column = 0; column < widthPx; column++) {
    for (let row = lastRow; row >= firstRow; row--) {
      if (alpha !== undefined && (alpha[row * widthPx + column] as number) < 128) continue;
      lowest[column] = topPx + row + 1;
      nearness[column] = Math.max(0, 1 - (base - topPx - row - 1) / reachPx) ** 1.5;
      break;
    }
  }
  const first = nearness.findIndex((near) => near > 0);
  const last = nearness.findLastIndex((near) => near > 0);
  const radius = Math.max(1, Math.round(reachPx * 0.06));
  return {
    lowest: smooth(lowest, radius),
    nearness: smooth(nearness, radius),
    left: layer.leftPx + Math.max(0, first),
    right: layer.leftPx + last + 1,
  };
}

function smooth(values: Float32Array, radius: number): Float32Array {
  return values.map((_, at) => {
    const around = values.subarray(Math.max(0, at - radius), at + radius + 1);
    return around.reduce((sum, value) => sum + value, 0) / around.length;
  });
}
