import { hopStart, hopsPerStep } from '../hops.ts';

const momentaryHops = 40;
const shortTermHops = 300;

/** Mean squares, weighted; absent until a recording has lasted as long as the window. */
export interface SlidingPower {
  readonly momentary?: number | undefined;
  readonly shortTerm?: number | undefined;
}

/**
 * Power in the windows of momentary (400 ms) and short-term loudness (3 s) that end with a hop. The sums are made anew
 * for each: nothing is subtracted, so that silence is nothing.
 *
 * @returns takes the energy of one hop after the other
 */
export function createSlidingPower(sampleRateHz: number): (energy: number) => SlidingPower {
  const hops = new Float64Array(hopsPerStep);
  /** Energy of the ten hops that end with each of the last. */
  const tens = new Float64Array(shortTermHops);
  let count = 0;

  function power(window: number): number | undefined {
    if (count < window) return;
    let energy = 0;
    for (let back = 0; back < window; back += hopsPerStep) {
      energy += tens[(count - 1 - back + shortTermHops) % shortTermHops] ?? 0;
    }
    return energy / (hopStart(count, sampleRateHz) - hopStart(count - window, sampleRateHz));
  }

  return (energy) => {
    hops[count % hopsPerStep] = energy;
    let ten = 0;
    for (const hop of hops) ten += hop;
    tens[count % shortTermHops] = ten;
    count++;
    return { momentary: power(momentaryHops), shortTerm: power(shortTermHops) };
  };
}
