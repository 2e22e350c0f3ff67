/**
 * Which quarter of a beat the beat is. The loudest strokes need not fall on it: house opens its hats between beats, samba and
 * bossa play around them.
 */

const quarters = 4;

/**
 * What is known of each shift of a grid of beats by 0, ¼, ½ and ¾ of a beat: for every band, how strong it is there and a
 * quarter, a half and three quarters later; and how strokes there differ from beat to beat, as kick and snare do.
 *
 * @param beats places in the bands, rising, at least three
 * @param bands onset strength, smoothed
 * @returns one list for each shift
 */
export function phaseFeatures(beats: readonly number[], bands: readonly Float32Array[]): number[][] {
  const folded = bands.map((band) => fold(beats, band));
  return Array.from({ length: quarters }, (_, shift) =>
    folded.flatMap(({ mean, alternation }) => {
      const from = (list: readonly number[]) => Array.from(list, (_, i) => list[(shift + i) % quarters] as number);
      return [...from(mean), ...from(alternation).filter((_, i) => i % 2 === 0)];
    }),
  );
}

/** Weights of `phaseFeatures`, learned as those of the octave rule: see there. */
export const phaseWeights: readonly number[] = [
  1.15, -1.8, -0.62, 0.74, 0.53, 2.23, 0.44, -1.08, -0.61, 0.98, 0.8, 0.25, -0.93, 0.74, 1.67, -0.53, 0.43, 0.44, 1.97,
  -2.75, -1.87, 1.05, 1.95, -0.57,
];

/** @returns the beats where they most likely are */
export function settlePhase(beats: readonly number[], bands: readonly Float32Array[]): number[] {
  if (beats.length < 3) return [...beats];
  const scores = phaseFeatures(beats, bands).map((values) =>
    values.reduce((sum, value, i) => sum + value * (phaseWeights[i] ?? 0), 0),
  );
  const shift = scores.indexOf(Math.max(...scores));
  if (shift === 0) return [...beats];
  return shifted(beats, shift / quarters, bands[0]?.length ?? 0);
}

/** @param length of the series: beats after its end are none */
function shifted(beats: readonly number[], part: number, length: number): number[] {
  const first = beats[0] ?? 0;
  const second = beats[1] ?? first;
  const last = beats.at(-1) ?? 0;
  // One beat more at the start, where there is room for it, and the last where the piece has not ended.
  const extended = [2 * first - second, ...beats, 2 * last - (beats.at(-2) ?? last)];
  return extended
    .slice(0, -1)
    .map((beat, i) => beat + part * ((extended[i + 1] as number) - beat))
    .filter((beat) => beat >= 0 && beat < length);
}

/** Mean over all beats at each quarter, against the mean of the band; and half the difference between even and odd beats. */
function fold(beats: readonly number[], band: Float32Array): { mean: number[]; alternation: number[] } {
  const sums = [new Float64Array(quarters), new Float64Array(quarters)];
  for (let i = 0; i + 1 < beats.length; i += 1) {
    const [from, to] = [beats[i] as number, beats[i + 1] as number];
    const sum = sums[i % 2] as Float64Array;
    for (let k = 0; k < quarters; k += 1) {
      sum[k] = (sum[k] as number) + (band[Math.round(from + (k * (to - from)) / quarters)] ?? 0);
    }
  }
  const [even, odd] = sums as [Float64Array, Float64Array];
  const total = even.reduce((sum, value, k) => sum + value + (odd[k] as number), 0) || 1;
  return {
    mean: Array.from(even, (value, k) => (quarters * (value + (odd[k] as number))) / total),
    alternation: Array.from(even, (value, k) => (quarters * Math.abs(value - (odd[k] as number))) / total),
  };
}
