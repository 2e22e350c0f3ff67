/**
 * What is taken from each frame's spectrum. Counts are multiples of 4; spectra as `Fft.forward` leaves them, 2 · bins
 * floats.
 */

/**
 * Windows some samples for both frames they are in: as the second half of one, and as the first half of the next. All
 * addresses and counts may be any.
 *
 * @param rising the window's first half, from the place of the first sample
 * @param falling its second half
 */
export function spread(
  samples: usize,
  rising: usize,
  falling: usize,
  secondHalf: usize,
  firstHalf: usize,
  count: i32,
): void {
  const end = (<usize>count) << 2;
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) {
    const x = v128.load(samples + i);
    v128.store(secondHalf + i, f32x4.mul(x, v128.load(falling + i)));
    v128.store(firstHalf + i, f32x4.mul(x, v128.load(rising + i)));
  }
  for (; i < end; i += 4) {
    const x = load<f32>(samples + i);
    store<f32>(secondHalf + i, x * load<f32>(falling + i));
    store<f32>(firstHalf + i, x * load<f32>(rising + i));
  }
}

/**
 * Power and cross power of two channels, bin by bin. Bin 0 holds the mean as well as half the sample rate; neither is
 * wanted, so that the caller has made it zero.
 *
 * @param sum power of both channels in this frame
 * @param leftTotal to which |L|² is added, as |R|² to `rightTotal` and Re(L · R*) to `crossTotal`
 */
export function cross(
  left: usize,
  right: usize,
  sum: usize,
  leftTotal: usize,
  rightTotal: usize,
  crossTotal: usize,
  bins: i32,
): void {
  const end = (<usize>bins) << 2;
  for (let i: usize = 0; i < end; i += 16) {
    const a = v128.load(left + (i << 1));
    const b = v128.load(left + (i << 1), 16);
    const c = v128.load(right + (i << 1));
    const d = v128.load(right + (i << 1), 16);
    const leftRe = v128.shuffle<f32>(a, b, 0, 2, 4, 6);
    const leftIm = v128.shuffle<f32>(a, b, 1, 3, 5, 7);
    const rightRe = v128.shuffle<f32>(c, d, 0, 2, 4, 6);
    const rightIm = v128.shuffle<f32>(c, d, 1, 3, 5, 7);
    const l = f32x4.add(f32x4.mul(leftRe, leftRe), f32x4.mul(leftIm, leftIm));
    const r = f32x4.add(f32x4.mul(rightRe, rightRe), f32x4.mul(rightIm, rightIm));
    const lr = f32x4.add(f32x4.mul(leftRe, rightRe), f32x4.mul(leftIm, rightIm));
    v128.store(sum + i, f32x4.add(l, r));
    v128.store(leftTotal + i, f32x4.add(v128.load(leftTotal + i), l));
    v128.store(rightTotal + i, f32x4.add(v128.load(rightTotal + i), r));
    v128.store(crossTotal + i, f32x4.add(v128.load(crossTotal + i), lr));
  }
}

/** out[i] += a[i], and a[i] = 0: what floats have gathered moves to doubles before it is too much for them. */
export function drain(a: usize, out: usize, count: i32): void {
  const end = (<usize>count) << 2;
  for (let i: usize = 0; i < end; i += 16) {
    const values = v128.load(a + i);
    const to = out + (i << 1);
    v128.store(to, f64x2.add(v128.load(to), f64x2.promote_low_f32x4(values)));
    const high = v128.shuffle<f32>(values, values, 2, 3, 2, 3);
    v128.store(to, f64x2.add(v128.load(to, 16), f64x2.promote_low_f32x4(high)), 16);
    v128.store(a + i, f32x4.splat(0));
  }
}

function total(lanes: v128): f64 {
  const low = f64x2.promote_low_f32x4(lanes);
  const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(lanes, lanes, 2, 3, 2, 3));
  const both = f64x2.add(low, high);
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
}

/**
 * Sums over bands that lie side by side.
 *
 * @param edges of the bands, bands + 1 floats: bin b reaches from b − ½ to b + ½, so that an edge may cut it
 * @param out bands doubles
 */
export function bands(power: usize, edges: usize, out: usize, bands: i32): void {
  let edge = load<f32>(edges) + 0.5;
  let bin = <i32>edge;
  let cut = <f64>(edge - <f32>bin);
  for (let band = 0; band < bands; band++) {
    edge = load<f32>(edges + ((<usize>band) << 2), 4) + 0.5;
    const last = <i32>edge;
    const lastCut = <f64>(edge - <f32>last);
    // The whole of the first bin without what lies before the band, all between, and a part of the last one.
    let sum = -cut * <f64>load<f32>(power + ((<usize>bin) << 2));
    let at = power + ((<usize>bin) << 2);
    const end = power + ((<usize>last) << 2);
    let lanes = f32x4.splat(0);
    for (; at + 16 <= end; at += 16) lanes = f32x4.add(lanes, v128.load(at));
    sum += total(lanes);
    for (; at < end; at += 4) sum += <f64>load<f32>(at);
    sum += lastCut * <f64>load<f32>(end);
    store<f64>(out + ((<usize>band) << 3), max(sum, 0));
    bin = last;
    cut = lastCut;
  }
}

/**
 * Σ of magnitudes, and Σ of magnitudes times their bin: a centroid is the second by the first.
 *
 * @param first and end of bins, multiples of 4
 * @param out two doubles
 */
export function magnitudes(power: usize, first: i32, end: i32, out: usize): void {
  let sum = f32x4.splat(0);
  let moment = f32x4.splat(0);
  let bin = f32x4.add(f32x4.splat(<f32>first), f32x4(0, 1, 2, 3));
  const last = power + ((<usize>end) << 2);
  for (let at = power + ((<usize>first) << 2); at < last; at += 16) {
    const magnitude = f32x4.sqrt(v128.load(at));
    sum = f32x4.add(sum, magnitude);
    moment = f32x4.add(moment, f32x4.mul(magnitude, bin));
    bin = f32x4.add(bin, f32x4.splat(4));
  }
  store<f64>(out, total(sum));
  store<f64>(out, total(moment), 8);
}

/** counts[i] += 1 for each 32 bins that hold more than `threshold` together; counts are floats. */
export function countAbove(power: usize, threshold: f32, counts: usize, groups: i32): void {
  for (let group = 0; group < groups; group++) {
    const from = power + ((<usize>group) << 7);
    let lanes = v128.load(from);
    for (let i: usize = 16; i < 128; i += 16) lanes = f32x4.add(lanes, v128.load(from + i));
    if (total(lanes) <= <f64>threshold) continue;
    const at = counts + ((<usize>group) << 2);
    store<f32>(at, load<f32>(at) + 1);
  }
}
