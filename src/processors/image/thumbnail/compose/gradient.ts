import type { Background } from '../params/background.ts';
import { type Raster, rgbOf } from './raster.ts';

type Gradient = Extract<Background, { kind: 'gradient' }>;

/** Steps between two stops are smaller than one in 255. */
const tableSteps = 4_096;

/**
 * A gradient as in CSS: a linear one begins and ends where a line at its angle through the middle meets the corners; a
 * radial one is a circle from the middle to the corners. Colours are mixed in sRGB.
 *
 * @see CSS Images Module Level 3, sections 3.1 and 3.2
 */
export function gradientRaster(widthPx: number, heightPx: number, gradient: Gradient): Raster {
  const table = tableOf(gradient.stops);
  const data = Buffer.allocUnsafe(widthPx * heightPx * 3);
  const raster = { widthPx, heightPx, channels: 3, data } as const;
  if (gradient.shape === 'linear') fillAlongLine(raster, table, gradient.angleDegrees);
  else fillFromMiddle(raster, table);
  return raster;
}

function fillAlongLine({ widthPx, heightPx, data }: Raster, table: Uint8Array, angleDegrees: number): void {
  const angle = (angleDegrees * Math.PI) / 180;
  const [right, down] = [Math.sin(angle), -Math.cos(angle)];
  const lengthPx = Math.abs(widthPx * right) + Math.abs(heightPx * down);
  for (let y = 0, at = 0; y < heightPx; y++) {
    const start = 0.5 + ((0.5 - widthPx / 2) * right + (y + 0.5 - heightPx / 2) * down) / lengthPx;
    for (let x = 0; x < widthPx; x++, at += 3) paint(data, at, table, start + (x * right) / lengthPx);
  }
}

function fillFromMiddle({ widthPx, heightPx, data }: Raster, table: Uint8Array): void {
  const radiusPx = Math.sqrt(widthPx ** 2 + heightPx ** 2) / 2;
  for (let y = 0, at = 0; y < heightPx; y++) {
    const down = (y + 0.5 - heightPx / 2) ** 2;
    for (let x = 0; x < widthPx; x++, at += 3) {
      const across = x + 0.5 - widthPx / 2;
      paint(data, at, table, Math.sqrt(across * across + down) / radiusPx);
    }
  }
}

/** @param share of the way, 0…1, but for rounding */
function paint(data: Buffer, at: number, table: Uint8Array, share: number): void {
  const step = share <= 0 ? 0 : share >= 1 ? tableSteps * 3 : ((share * tableSteps + 0.5) | 0) * 3;
  data[at] = table[step] as number;
  data[at + 1] = table[step + 1] as number;
  data[at + 2] = table[step + 2] as number;
}

function tableOf(stops: Gradient['stops']): Uint8Array {
  const sorted = stops
    .map(({ colour, atPercent }) => ({ rgb: rgbOf(colour), atPercent }))
    .toSorted((a, b) => a.atPercent - b.atPercent);
  const table = new Uint8Array((tableSteps + 1) * 3);
  for (let step = 0; step <= tableSteps; step++) {
    const percent = (step / tableSteps) * 100;
    const after = sorted.findIndex(({ atPercent }) => atPercent >= percent);
    const to = sorted[after < 0 ? sorted.length - 1 : after];
    const from = sorted[Math.max(0, (after < 0 ? sorted.length : after) - 1)];
    if (from === undefined || to === undefined) continue;
    const span = to.atPercent - from.atPercent;
    const share = span > 0 ? Math.min(1, Math.max(0, (percent - from.atPercent) / span)) : 1;
    for (const channel of [0, 1, 2] as const)
      table[step * 3 + channel] = Math.round(from.rgb[channel] + (to.rgb[channel] - from.rgb[channel]) * share);
  }
  return table;
}
