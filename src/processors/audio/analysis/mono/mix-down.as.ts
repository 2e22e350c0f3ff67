/** More than any file of whole numbers holds; what floats hold beyond it is damage. */
const loudest: f32 = 64;

/** What is no number counts as silence. */
function sane(x: v128): v128 {
  const number = v128.and(x, f32x4.eq(x, x));
  return f32x4.max(f32x4.splat(-loudest), f32x4.min(f32x4.splat(loudest), number));
}

/**
 * out[i] = gainA · a[i] + gainB · b[i], within ±64, 0 where that is no number.
 *
 * @param count of floats, any; `out` may be `a`
 */
export function mixDown(a: usize, gainA: f32, b: usize, gainB: f32, out: usize, count: i32): void {
  const gainsA = f32x4.splat(gainA);
  const gainsB = f32x4.splat(gainB);
  const end = (<usize>count) << 2;
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) {
    const sum = f32x4.add(f32x4.mul(gainsA, v128.load(a + i)), f32x4.mul(gainsB, v128.load(b + i)));
    v128.store(out + i, sane(sum));
  }
  for (; i < end; i += 4) {
    const sum = gainA * load<f32>(a + i) + gainB * load<f32>(b + i);
    store<f32>(out + i, f32x4.extract_lane(sane(f32x4.splat(sum)), 0));
  }
}
