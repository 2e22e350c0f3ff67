/**
 * A series with `factor` steps in one.
 *
 * @returns what `how` makes of each group; the last one may be shorter
 */
export function reduceSeries(series: Float32Array, factor: number, how: (values: Float32Array) => number): number[] {
  return Array.from({ length: Math.ceil(series.length / factor) }, (_, i) =>
    how(series.subarray(i * factor, (i + 1) * factor)),
  );
}

/** −Infinity when there is nothing. */
export function highest(values: Float32Array): number {
  return values.reduce((top, value) => (value > top ? value : top), Number.NEGATIVE_INFINITY);
}

/** Of those that are numbers; NaN when none is. */
export function mean(values: Float32Array): number {
  const known = values.filter((value) => Number.isFinite(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** Of levels in dB, by their power. */
export function meanPower(levelsDb: Float32Array): number {
  return 10 * Math.log10(levelsDb.reduce((sum, level) => sum + 10 ** (level / 10), 0) / levelsDb.length);
}
