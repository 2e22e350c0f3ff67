import type { Stereo } from '../analysis.ts';
import { type BandSum, sixBands } from '../spectrum/bands.ts';
import { findInversions } from './inversions.ts';
import { correlationOf, inaudible, type Products } from './products.ts';

/** Of what two channels have together, less than −120 dB is rounding. */
const roundingError = 1e-12;

/**
 * How two channels stand to each other.
 *
 * Width is the level of the side by that of mid and side together, in amplitudes: sides 10 dB below the middle are 24 %.
 * Mono compatibility is the power of (l + r) / 2 on both loudspeakers against that of l and r.
 */
export function relate({ left, right, cross }: Products): Omit<Stereo, 'balanceDb' | 'bands' | 'inversions'> {
  const both = left + right;
  if (both < inaudible) return { correlation: null, widthPercent: null, monoCompatibilityDb: null };
  const mid = both + 2 * cross > both * roundingError ? Math.sqrt(both + 2 * cross) : 0;
  const side = both - 2 * cross > both * roundingError ? Math.sqrt(both - 2 * cross) : 0;
  return {
    correlation: correlationOf({ left, right, cross }),
    widthPercent: (100 * side) / (mid + side),
    monoCompatibilityDb: mid > 0 ? 10 * Math.log10(mid ** 2 / (2 * both)) : null,
  };
}

/**
 * @param steps products in time, one for each step, none of them longer than another but the last
 * @param whole the same of the whole recording
 * @param sums of the spectrum's products, from one frequency to another
 */
export function describeStereo(
  whole: Products,
  steps: readonly Products[],
  stepSeconds: number,
  sums: { readonly left: BandSum; readonly right: BandSum; readonly cross: BandSum },
  nyquistHz: number,
): Stereo {
  const bands = sixBands.map((band) => {
    const products = {
      left: sums.left(band.fromHz, band.toHz),
      right: sums.right(band.fromHz, band.toHz),
      cross: sums.cross(band.fromHz, band.toHz),
    };
    return { ...band, ...relate(products) };
  });
  const heard = Math.min(whole.left, whole.right) >= inaudible;
  return {
    ...relate(whole),
    balanceDb: heard ? 10 * Math.log10(whole.left / whole.right) : null,
    bands: bands.filter(({ fromHz }) => fromHz < nyquistHz),
    inversions: findInversions(steps, stepSeconds),
  };
}
