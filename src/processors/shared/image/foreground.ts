import { addMixed, coarser, type Pixels, type Sums, sample, sumPicture, type Weighted } from './neighbourhood.ts';

/**
 * Gives every half-transparent pixel the colour of the thing itself, in place of its mixture with what was behind it.
 *
 * A photograph shows I = αF + (1−α)B. Kept as it is, I carries the old background into the new picture as a halo.
 * F and B are first taken as weighted means of their neighbourhood, wide and then narrow, and then moved by the
 * least amount that makes the mixture come out as photographed. Pixels with α = 0 become black, so that nothing of
 * the removed background stays in the file.
 *
 * @param rgb 3 bytes a pixel, row by row; changed in place
 * @param alpha 1 byte a pixel, final
 * @see Forte 2021, "Approximate Fast Foreground Colour Estimation": the two neighbourhoods. Other than there, purer
 *   pixels weigh more, and the last step is the constrained least-squares solution instead of a damped one
 */
export function estimateForeground(rgb: Uint8Array, alpha: Uint8Array, widthPx: number, heightPx: number): void {
  const picture = { rgb, alpha, widthPx, heightPx };
  const { known: near, mixed } = sumPicture(picture);
  solve(picture, coarser(near, mixed), (x, y, a, solved) => addMixed(near, x, y, a, solved));
  solve(picture, near, (x, y, _, { foreground }) => rgb.set(foreground, (y * widthPx + x) * 3));
  for (let pixel = 0; pixel < alpha.length; pixel++) if (alpha[pixel] === 0) clear(rgb, pixel * 3);
}

type Settle = (x: number, y: number, alpha: number, solved: Weighted) => void;

/** Solves each mixed pixel against the means of its neighbourhood. */
function solve({ rgb, alpha, widthPx, heightPx }: Pixels, means: Sums, settle: Settle): void {
  const foreground = new Uint8ClampedArray(3);
  const background = new Uint8ClampedArray(3);
  const solved = { foreground, background };
  for (let y = 0, pixel = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++, pixel++) {
      const value = alpha[pixel] as number;
      if (value === 0 || value === 255) continue;
      const around = sample(means, x, y);
      const foregroundWeight = around[3] as number;
      const backgroundWeight = around[7] as number;
      const a = value / 255;
      const b = 1 - a;
      const stiffness = a * a + b * b;
      for (let channel = 0; channel < 3; channel++) {
        const seen = rgb[pixel * 3 + channel] as number;
        const expectedF = foregroundWeight > tiny ? (around[channel] as number) / foregroundWeight : seen;
        const expectedB = backgroundWeight > tiny ? (around[channel + 4] as number) / backgroundWeight : seen;
        const missing = (seen - a * expectedF - b * expectedB) / stiffness;
        foreground[channel] = expectedF + a * missing;
        background[channel] = expectedB + b * missing;
      }
      settle(x, y, a, solved);
    }
  }
}

/** Below this weight a mean is rounding noise. */
const tiny = 1e-6;

function clear(rgb: Uint8Array, at: number): void {
  rgb[at] = 0;
  rgb[at + 1] = 0;
  rgb[at + 2] = 0;
}
