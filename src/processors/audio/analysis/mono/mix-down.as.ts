/** Kernels that make frames of one channel. Counts are of floats and need not be multiples of 4. */

/** More than any file of whole numbers holds; what floats hold beyond it is damage. */
const loudest: f32 = 64;

/** What is no number counts as silence. */
function sane(x: v128): v128 {
  const finite = v128.and(x, f32x4.eq(x, x));
  return f32x4.max(f32x4.splat(-loudest), f32x4.min(f32x4.splat(loudest), finite));
}

/** out[i] = gain · sane(a[i]), added to what is there unless `first` is 1. */
export function mixDown(a: usize, out: usize, count: i32, gain: f32, first: i32): void {
  const gains = f32x4.splat(gain);
  const end = (<usize>count) << 2;
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) {
    const value = f32x4.mul(gains, sane(v128.load(a + i)));
    v128.store(out + i, first ? value : f32x4.add(v128.load(out + i), value));
  }
  for (; i < end; i += 4) {
    const value = gain * f32x4.extract_lane(sane(v128.load32_zero(a + i)), 0);
    store<f32>(out + i, first ? value : load<f32>(out + i) + value);
  }
}
