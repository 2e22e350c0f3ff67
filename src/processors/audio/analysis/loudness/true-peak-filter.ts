/** Taps for each phase; the kernel counts on it. */
export const truePeakTaps = 64;
const roughTaps = 16;

export interface TruePeakFilter {
  /** For each phase but the first, which is the sample itself: the weights of x[n − 31] … x[n + 32]. */
  readonly rows: readonly Float64Array[];
  /**
   * How far a phase can exceed those at both ends of a stretch, in largest second differences of the samples around: for
   * the stretch between two samples, for its halves, for their halves … See `true-peak.as.ts`.
   */
  readonly slacks: readonly number[];
  /** The first half of 16 symmetrical taps that come near the row in the middle. */
  readonly rough: readonly number[];
  /** How far they are from it, in largest second differences. */
  readonly roughError: number;
}

/**
 * Interpolates between samples by a sinc in a Hann window as wide as the taps. With weights that add up to one it keeps
 * straight lines as they are: the window's spectrum is zero where that asks for it.
 *
 * @param phases points for each sample, a power of two
 */
export function truePeakFilter(phases: number): TruePeakFilter {
  const rows = Array.from({ length: phases + 1 }, (_, phase) => taps(phase / phases));
  const slacks: number[] = [];
  for (let stretch = phases; stretch > 1; stretch /= 2) {
    let slack = 0;
    for (let phase = 0; phase < phases; phase++) {
      const from = phase - (phase % stretch);
      slack = Math.max(slack, magnitude(bendWeights(rows, phase, from, from + stretch)));
    }
    slacks.push(slack);
  }
  return { rows: rows.slice(1, phases), slacks, ...roughMiddle(bendWeights(rows, phases / 2, 0, phases)) };
}

function taps(fraction: number): Float64Array {
  const half = truePeakTaps / 2;
  const weights = Float64Array.from({ length: truePeakTaps }, (_, i) => {
    const t = i - (half - 1) - fraction;
    return t === 0 ? 1 : (Math.sin(Math.PI * t) / (Math.PI * t)) * Math.cos((Math.PI * t) / truePeakTaps) ** 2;
  });
  const sum = weights.reduce((total, weight) => total + weight);
  return weights.map((weight) => weight / sum);
}

/**
 * @returns the weights with which second differences, from that of x[n − 30] on, add up to what a phase differs by from
 * the straight line between two others
 */
function bendWeights(rows: readonly Float64Array[], phase: number, from: number, to: number): Float64Array {
  const share = (phase - from) / (to - from);
  let [slope, weight] = [0, 0];
  return Float64Array.from({ length: truePeakTaps }, (_, i) => {
    slope += (rows[phase]?.[i] ?? 0) - (1 - share) * (rows[from]?.[i] ?? 0) - share * (rows[to]?.[i] ?? 0);
    weight += slope;
    return weight;
  });
}

function magnitude(weights: Float64Array): number {
  return weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
}

/** @param weights of the middle between two samples: of these, those of the nearest are kept */
function roughMiddle(weights: Float64Array) {
  const centre = truePeakTaps / 2 - 2;
  const kept = weights.map((weight, i) => (Math.abs(i - centre - 0.5) < roughTaps / 2 - 1 ? weight : 0));
  const taps = Float64Array.from({ length: truePeakTaps }, (_, i) => {
    const straight = i === centre + 1 || i === centre + 2 ? 0.5 : 0;
    return straight + (kept[i] ?? 0) - 2 * (kept[i - 1] ?? 0) + (kept[i - 2] ?? 0);
  });
  const first = (truePeakTaps - roughTaps) / 2;
  return {
    rough: [...taps.slice(first, truePeakTaps / 2)],
    roughError: magnitude(weights.map((weight, i) => weight - (kept[i] ?? 0))),
  };
}
