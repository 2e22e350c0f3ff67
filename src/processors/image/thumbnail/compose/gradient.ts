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
  const place =
    gradient.shape === 'linear' ? alongLine(widthPx, heightPx, gradient.angleDegrees) : fromMiddle(widthPx, heightPx);
  for (let y = 0, at = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++, at += 3) {
      const share = Math.min(1, Math.max(0, place(x + 0.5, y + 0.5)));
      const step = Math.round(share * tableSteps) * 3;
      data[at] = table[step] as number;
      data[at + 1] = table[step + 1] as number;
      data[at + 2] = table[step + 2] as number;
    }
  }
  return { widthPx, heightPx, channels: 3, data };
}

type ShareAt = (x: number, y: number) => number;

function alongLine(widthPx: number, heightPx: number, angleDegrees: number): ShareAt {
  const angle = (angleDegrees * Math.PI) / 180;
  const [right, down] = [Math.sin(angle), -Math.cos(angle)];
  const lengthPx = Math.abs(widthPx * right) + Math.abs(heightPx * down);
  return (x, y) => ((x - widthPx / 2) * right + (y - heightPx / 2) * down) / lengthPx + 0.5;
}

function fromMiddle(widthPx: number, heightPx: number): ShareAt {
  const radiusPx = Math.hypot(widthPx, heightPx) / 2;
  return (x, y) => Math.hypot(x - widthPx / 2, y - heightPx / 2) / radiusPx;
}

function tableOf(stops: Gradient['stops']): Uint8Array {
  const sorted = stops.toSorted((a, b) => a.atPercent - b.atPercent);
  const table = new Uint8Array((tableSteps + 1) * 3);
  for (let step = 0; step <= tableSteps; step++) {
    const percent = (step / tableSteps) * 100;
    const after = sorted.findIndex(({ atPercent }) => atPercent >= percent);
    const to = sorted[after < 0 ? sorted.length - 1 : after];
    const from = sorted[Math.max(0, (after < 0 ? sorted.length : after) - 1)];
    if (from === undefined || to === undefined) continue;
    const span = to.atPercent - from.atPercent;
    const share = span > 0 ? Math.min(1, Math.max(0, (percent - from.atPercent) / span)) : 1;
    const [a, b] = [rgbOf(from.colour), rgbOf(to.colour)];
    for (const channel of [0, 1, 2] as const)
      table[step * 3 + channel] = Math.round(a[channel] + (b[channel] - a[channel]) * share);
  }
  return table;
}
