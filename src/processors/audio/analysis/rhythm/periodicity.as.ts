/** What the search for tempo and beats does many times over. Pointers are of floats unless a line says otherwise. */

function total(lanes: v128): f32 {
  return (
    f32x4.extract_lane(lanes, 0) +
    f32x4.extract_lane(lanes, 1) +
    f32x4.extract_lane(lanes, 2) +
    f32x4.extract_lane(lanes, 3)
  );
}

/**
 * out[i] = Σ weights[k] · values[i + k]
 *
 * @param values count + taps − 1 floats
 * @param count a multiple of 4
 */
export function convolve(values: usize, weights: usize, taps: i32, out: usize, count: i32): void {
  const end = (<usize>count) << 2;
  const last = (<usize>taps) << 2;
  for (let i: usize = 0; i < end; i += 16) {
    let sum = f32x4.splat(0);
    for (let k: usize = 0; k < last; k += 4) {
      sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(weights + k), v128.load(values + i + k)));
    }
    v128.store(out + i, sum);
  }
}

/**
 * Correlation of values with themselves `whole + part` later.
 *
 * @param count of pairs, a multiple of 4; values has whole + 1 more
 * @returns −1 … 1; 0 where one side is silent
 */
export function correlation(values: usize, count: i32, whole: i32, part: f32): f64 {
  const end = (<usize>count) << 2;
  const shifted = values + ((<usize>whole) << 2);
  const parts = f32x4.splat(part);
  let sum: f64 = 0;
  let here: f64 = 0;
  let there: f64 = 0;
  for (let i: usize = 0; i < end; ) {
    let sums = f32x4.splat(0);
    let squares = f32x4.splat(0);
    let laterSquares = f32x4.splat(0);
    // Floats hold what a thousand products add up to.
    const stop = min(end, i + 4096);
    for (; i < stop; i += 16) {
      const now = v128.load(values + i);
      const before = v128.load(shifted + i);
      const after = v128.load(shifted + i, 4);
      const later = f32x4.add(before, f32x4.mul(parts, f32x4.sub(after, before)));
      sums = f32x4.add(sums, f32x4.mul(now, later));
      squares = f32x4.add(squares, f32x4.mul(now, now));
      laterSquares = f32x4.add(laterSquares, f32x4.mul(later, later));
    }
    sum += <f64>total(sums);
    here += <f64>total(squares);
    there += <f64>total(laterSquares);
  }
  const scale = sqrt(here * there);
  return scale > 0 ? sum / scale : 0;
}

/** Replaces a spectrum, as `Fft.forward` leaves it, by the square roots of its magnitudes. */
export function compress(spectrum: usize, size: i32): void {
  const mean = sqrt(abs(load<f32>(spectrum)));
  const last = sqrt(abs(load<f32>(spectrum, 4)));
  const end = (<usize>size) << 2;
  for (let i: usize = 0; i < end; i += 16) {
    const bins = v128.load(spectrum + i);
    const squares = f32x4.mul(bins, bins);
    const power = f32x4.add(squares, v128.shuffle<f32>(squares, squares, 1, 0, 3, 2));
    const root = f32x4.sqrt(f32x4.sqrt(power));
    v128.store(spectrum + i, v128.shuffle<f32>(root, f32x4.splat(0), 0, 4, 2, 4));
  }
  store<f32>(spectrum, mean);
  store<f32>(spectrum, last, 4);
}

/**
 * Meets the end of a window with trains of four pulses, `lag`, 2 · `lag` and 1.5 · `lag` apart, in all phases.
 *
 * @param end one past the last value; 8 · lag values before it can be read
 * @param out the highest sum, and the variance of all: two doubles
 */
export function pulses(end: usize, lag: i32, out: usize): void {
  let sum: f64 = 0;
  let squares: f64 = 0;
  let most: f64 = 0;
  for (let phase = 0; phase < lag; phase++) {
    const last = end - ((<usize>(phase + 1)) << 2);
    let value: f32 = 0;
    for (let pulse = 0; pulse < 4; pulse++) {
      value += load<f32>(last - ((<usize>(pulse * lag)) << 2));
      value += 0.5 * load<f32>(last - ((<usize>(2 * pulse * lag)) << 2));
      value += 0.5 * load<f32>(last - ((<usize>((3 * pulse * lag) >> 1)) << 2));
    }
    const wide = <f64>value;
    sum += wide;
    squares += wide * wide;
    most = max(most, wide);
  }
  const mean = sum / <f64>lag;
  store<f64>(out, most);
  store<f64>(out, squares / <f64>lag - mean * mean, 8);
}

/**
 * total[i] = strength[i] + the highest of 0 and total[i − lag] − cost(lag), over all lags from `farthest` down to `nearest`.
 *
 * @param total of doubles; `farthest` values before it can be read and are very low
 * @param cost doubles: of the farthest lag first
 * @param lags how many, farthest − nearest + 1, even
 */
export function bestPaths(
  strength: usize,
  scale: f64,
  total: usize,
  cost: usize,
  farthest: i32,
  lags: i32,
  count: i32,
): void {
  const end = (<usize>lags) << 3;
  for (let i = 0; i < count; i++) {
    const at = total + ((<usize>i) << 3);
    const from = at - ((<usize>farthest) << 3);
    let best = f64x2.splat(0);
    for (let k: usize = 0; k < end; k += 16) {
      best = f64x2.pmax(best, f64x2.sub(v128.load(from + k), v128.load(cost + k)));
    }
    const most = max(f64x2.extract_lane(best, 0), f64x2.extract_lane(best, 1));
    store<f64>(at, scale * <f64>load<f32>(strength + ((<usize>i) << 2)) + most);
  }
}
