/** Under a Hann window of 2 · reach + 1 values that add up to 1. */
export function smooth(values: Float32Array, reach: number): Float32Array {
  const window = Array.from(
    { length: 2 * reach + 1 },
    (_, i) => 0.5 - 0.5 * Math.cos((Math.PI * (i + 1)) / (reach + 1)),
  );
  const sum = window.reduce((total, value) => total + value, 0);
  const weights = Float64Array.from(window, (value) => value / sum);
  const out = new Float32Array(values.length);
  for (let i = 0; i < values.length; i += 1) {
    let value = 0;
    const from = Math.max(-reach, -i);
    const to = Math.min(reach, values.length - 1 - i);
    for (let k = from; k <= to; k += 1) value += (weights[k + reach] as number) * (values[i + k] as number);
    out[i] = value;
  }
  return out;
}

/** Takes away the mean of `reach` values to both sides: what is left are strokes, not how loud a passage is. */
export function withoutTrend(values: Float32Array, reach: number): Float32Array {
  const out = new Float32Array(values.length);
  let sum = 0;
  let [from, to] = [0, 0];
  for (let i = 0; i < values.length; i += 1) {
    for (; to < Math.min(values.length, i + reach + 1); to += 1) sum += values[to] as number;
    for (; from < i - reach; from += 1) sum -= values[from] as number;
    out[i] = (values[i] as number) - sum / (to - from);
  }
  return out;
}

/** Bands added up, each with its weight. */
export function weigh(bands: readonly Float32Array[], weights: readonly number[]): Float32Array {
  const out = new Float32Array(bands[0]?.length ?? 0);
  bands.forEach((band, index) => {
    const weight = weights[index] ?? 1;
    for (let i = 0; i < out.length; i += 1) out[i] = (out[i] as number) + weight * (band[i] as number);
  });
  return out;
}
