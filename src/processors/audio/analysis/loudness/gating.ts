/** Loudness of a mean square that K-weighting and channel weights have gone into. @returns LUFS; −Infinity for nothing */
export function loudnessOf(power: number): number {
  return -0.691 + 10 * Math.log10(power);
}

function powerOf(lufs: number): number {
  return 10 ** ((lufs + 0.691) / 10);
}

const absoluteGate = powerOf(-70);
const [belowForLoudness, belowForRange] = [10 ** (-10 / 10), 10 ** (-20 / 10)];

/**
 * Integrated loudness: of the blocks above −70 LUFS, those less than 10 LU below their mean.
 *
 * @param powers of all complete blocks of 400 ms, one each 100 ms
 * @returns LUFS; −Infinity when gating leaves nothing
 * @see ITU-R BS.1770-5, annex 1
 */
export function integratedLoudness(powers: readonly number[]): number {
  const gated = powers.filter((power) => power > absoluteGate);
  const threshold = mean(gated) * belowForLoudness;
  return loudnessOf(mean(gated.filter((power) => power > threshold)));
}

/**
 * Loudness range: between the 10th and the 95th percentile of short-term loudness above −70 LUFS and above 20 LU below
 * its mean.
 *
 * @param powers of windows of 3 s, one each 100 ms
 * @returns LU; `undefined` when gating leaves nothing
 * @see EBU Tech 3342
 */
export function loudnessRange(powers: readonly number[]): number | undefined {
  const gated = powers.filter((power) => power >= absoluteGate);
  const threshold = mean(gated) * belowForRange;
  const sorted = Float64Array.from(gated.filter((power) => power >= threshold)).sort();
  if (sorted.length === 0) return;
  const percentile = (percent: number) => sorted[Math.round(((sorted.length - 1) * percent) / 100)] ?? 0;
  return loudnessOf(percentile(95)) - loudnessOf(percentile(10));
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
