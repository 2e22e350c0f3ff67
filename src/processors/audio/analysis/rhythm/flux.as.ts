/** Onset strength: how much louder a spectrum has become. Counts of bins are multiples of 4. */

/**
 * ln(y) for y ≥ 1 within 1.7e-5: the exponent, and a polynomial of degree 5 for the mantissa.
 */
function ln(y: v128): v128 {
  const exponent = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(y, 23), i32x4.splat(127)));
  const mantissa = v128.or(v128.and(y, i32x4.splat(0x007fffff)), i32x4.splat(0x3f800000));
  const x = f32x4.sub(mantissa, f32x4.splat(1));
  let p = f32x4.splat(0.04526829);
  p = f32x4.add(f32x4.mul(p, x), f32x4.splat(-0.19351652));
  p = f32x4.add(f32x4.mul(p, x), f32x4.splat(0.41524556));
  p = f32x4.add(f32x4.mul(p, x), f32x4.splat(-0.70886522));
  p = f32x4.add(f32x4.mul(p, x), f32x4.splat(1.4418799));
  return f32x4.mul(f32x4.splat(<f32>Math.LN2), f32x4.add(exponent, f32x4.mul(p, x)));
}

/** out[k] = ln(1 + scale · |X[k]|); the first holds the mean and half the sample rate together and is left out. */
export function logMagnitudes(spectrum: usize, out: usize, bins: i32, scale: f32): void {
  const end = (<usize>bins) << 2;
  const one = f32x4.splat(1);
  const gain = f32x4.splat(scale);
  for (let i: usize = 0; i < end; i += 16) {
    const a = v128.load(spectrum + (i << 1));
    const b = v128.load(spectrum + (i << 1), 16);
    const re = v128.shuffle<f32>(a, b, 0, 2, 4, 6);
    const im = v128.shuffle<f32>(a, b, 1, 3, 5, 7);
    const magnitude = f32x4.sqrt(f32x4.add(f32x4.mul(re, re), f32x4.mul(im, im)));
    v128.store(out + i, ln(f32x4.add(one, f32x4.mul(gain, magnitude))));
  }
  store<f32>(out, 0);
}

/**
 * Mean over each of four bands of what `now` has more than `before` had in the bin or its neighbours: a voice that slides to the
 * next bin is no onset (SuperFlux).
 *
 * @param before has a float to spare on both sides
 * @param edges where the bands end, four counts, rising
 * @param out four floats
 */
export function flux(now: usize, before: usize, edges: usize, out: usize): void {
  let i: usize = 0;
  for (let band: usize = 0; band < 16; band += 4) {
    const end = (<usize>load<i32>(edges + band)) << 2;
    const width = <f32>max<i32>(4, <i32>((end - i) >> 2));
    let sum = f32x4.splat(0);
    for (; i < end; i += 16) {
      const at = before + i;
      const beside = f32x4.max(v128.load(at - 4), v128.load(at + 4));
      const most = f32x4.max(v128.load(at), beside);
      sum = f32x4.add(sum, f32x4.max(f32x4.splat(0), f32x4.sub(v128.load(now + i), most)));
    }
    const low = f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1);
    const high = f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3);
    store<f32>(out + band, (low + high) / width);
  }
}
