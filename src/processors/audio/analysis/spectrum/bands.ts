import type { Spectrum, StereoBand } from '../analysis.ts';

/** Six bands as engineers name them, from the lowest string of a bass to the top of hearing. */
export const sixBands: readonly {
  readonly name: StereoBand['name'];
  readonly fromHz: number;
  readonly toHz: number;
}[] = [
  { name: 'sub', fromHz: 20, toHz: 60 },
  { name: 'bass', fromHz: 60, toHz: 250 },
  { name: 'low-mid', fromHz: 250, toHz: 500 },
  { name: 'mid', fromHz: 500, toHz: 2_000 },
  { name: 'high-mid', fromHz: 2_000, toHz: 6_000 },
  { name: 'treble', fromHz: 6_000, toHz: 20_000 },
];

/** Names of third octaves; the exact middle of number i is 1000 · 10^((i − 16) / 10) Hz. IEC 61260-1, annex E. */
const nominalHz = [
  25, 31.5, 40, 50, 63, 80, 100, 125, 160, 200, 250, 315, 400, 500, 630, 800, 1_000, 1_250, 1_600, 2_000, 2_500, 3_150,
  4_000, 5_000, 6_300, 8_000, 10_000, 12_500, 16_000, 20_000,
] as const;
/** From the middle of a third octave to its edges. */
const halfBand = 10 ** (1 / 20);
const curveFromHz = 20;
const curvePointsPerOctave = 24;
const curvePoints = 240;

/** Sums of bins from one frequency to another. */
export type BandSum = (fromHz: number, toHz: number) => number;

/**
 * @param bins power of each; bin i reaches from i − ½ to i + ½ times `binHz`, and gives to a band what of it lies there
 */
export function createBandSum(bins: Float64Array, binHz: number): BandSum {
  const below = new Float64Array(bins.length + 1);
  for (let bin = 0; bin < bins.length; bin++) below[bin + 1] = (below[bin] ?? 0) + (bins[bin] ?? 0);
  const upTo = (hz: number) => {
    const edge = Math.min(Math.max(hz / binHz + 0.5, 0), bins.length);
    const bin = Math.floor(edge);
    return (below[bin] ?? 0) + (edge - bin) * (bins[bin] ?? 0);
  };
  return (fromHz, toHz) => upTo(toHz) - upTo(fromHz);
}

/** Power in dB; null below −200, which is silence and the rounding of it. */
export function levelDb(power: number): number | null {
  return power > 1e-20 ? 10 * Math.log10(power) : null;
}

/**
 * As far as nine tenths of a band lie below half the sample rate. From 50 Hz on, a sine in the middle of a band reads its
 * level to 0.3 dB; below, neighbours share it, as the transform's bins are wider than the bands need: 1 to 3 dB.
 */
export function thirdOctaves(sum: BandSum, nyquistHz: number): Spectrum['thirdOctaveDb'] {
  return nominalHz.flatMap((centerHz, index) => {
    const exactHz = 1_000 * 10 ** ((index - 16) / 10);
    return isReached(exactHz, nyquistHz) ? [{ centerHz, db: thirdOctaveDb(sum, exactHz) }] : [];
  });
}

/** Third octaves again, but 24 of them in each octave, all overlapping. */
export function thirdOctaveCurve(sum: BandSum, nyquistHz: number): Spectrum['curve'] {
  return Array.from({ length: curvePoints }, (_, index) => curveFromHz * 2 ** (index / curvePointsPerOctave))
    .filter((hz) => isReached(hz, nyquistHz))
    .map((hz) => ({ hz, db: thirdOctaveDb(sum, hz) }));
}

function thirdOctaveDb(sum: BandSum, centreHz: number): number | null {
  return levelDb(sum(centreHz / halfBand, centreHz * halfBand));
}

function isReached(centreHz: number, nyquistHz: number): boolean {
  return nyquistHz >= centreHz * (0.1 / halfBand + 0.9 * halfBand);
}
