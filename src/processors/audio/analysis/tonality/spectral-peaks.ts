/** Tones of one frame: `count` places and levels. */
export interface SpectralPeaks {
  count: number;
  /** In bins, between them too. */
  readonly bins: Float64Array;
  /** Against the mean of the half octave to both sides: what the ear hears of a tone among others, whatever the timbre. */
  readonly prominence: Float64Array;
  readonly magnitude: Float64Array;
}

const maxPeaks = 256;
/** Of noise, one bin in a thousand stands out as much; of tones, nearly each. */
const leastProminence = 3;
/** −80 dB of full scale. */
const leastMagnitude = 1e-4;
export const halfOctave = Math.SQRT2;

export function createSpectralPeaks(): SpectralPeaks {
  return {
    count: 0,
    bins: new Float64Array(maxPeaks),
    prominence: new Float64Array(maxPeaks),
    magnitude: new Float64Array(maxPeaks),
  };
}

/**
 * Local maxima that stand out from their surroundings.
 *
 * @param magnitudes of bins under a Hann window, as far as there are any up to `end · √2`
 * @param first at least 1
 * @param sums scratch, as long as `magnitudes` and one more
 * @returns the sum of all magnitudes
 */
export function findPeaks(
  magnitudes: Float32Array,
  first: number,
  end: number,
  sums: Float64Array,
  peaks: SpectralPeaks,
): number {
  let sum = 0;
  for (let k = 0; k < magnitudes.length; k += 1) {
    sum += magnitudes[k] as number;
    sums[k + 1] = sum;
  }
  let count = 0;
  for (let k = first; k < end && count < maxPeaks; k += 1) {
    const here = magnitudes[k] as number;
    const left = magnitudes[k - 1] as number;
    const right = magnitudes[k + 1] as number;
    if (here < leastMagnitude || here <= left || here < right) continue;
    const from = Math.floor(k / halfOctave);
    const to = Math.min(magnitudes.length, Math.ceil(k * halfOctave) + 1);
    const mean = ((sums[to] as number) - (sums[from] as number)) / (to - from);
    if (here < leastProminence * mean) continue;
    // A parabola through logarithms hits a Hann-windowed sine within some hundredths of a bin.
    const [a, b, c] = [Math.log(left + 1e-12), Math.log(here), Math.log(right + 1e-12)];
    const offset = (0.5 * (a - c)) / (a - 2 * b + c);
    peaks.bins[count] = k + offset;
    peaks.prominence[count] = here / mean;
    peaks.magnitude[count] = here;
    count += 1;
  }
  peaks.count = count;
  return sum;
}
