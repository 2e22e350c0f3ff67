function total(a: v128, b: v128): f64 {
  const sum = f32x4.add(a, b);
  const low = f64x2.promote_low_f32x4(sum);
  const both = f64x2.add(low, f64x2.promote_low_f32x4(v128.shuffle<f32>(sum, sum, 2, 3, 2, 3)));
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
}

/**
 * Adds Σ l², Σ r² and Σ l·r of some samples to three doubles. Pointers and counts may be any; from some ten thousand
 * samples on, floats lose digits. What is true of the channels stays true of the sums to the last bit: equal ones have
 * three equal sums, inverted ones the same with a minus.
 */
export function products(left: usize, right: usize, out: usize, count: i32): void {
  const end = left + ((<usize>count) << 2);
  const across = right - left;
  let ll0 = f32x4.splat(0);
  let rr0 = f32x4.splat(0);
  let lr0 = f32x4.splat(0);
  let ll1 = f32x4.splat(0);
  let rr1 = f32x4.splat(0);
  let lr1 = f32x4.splat(0);
  let at = left;
  for (; at + 32 <= end; at += 32) {
    const l0 = v128.load(at);
    const r0 = v128.load(at + across);
    const l1 = v128.load(at, 16);
    const r1 = v128.load(at + across, 16);
    ll0 = f32x4.add(ll0, f32x4.mul(l0, l0));
    rr0 = f32x4.add(rr0, f32x4.mul(r0, r0));
    lr0 = f32x4.add(lr0, f32x4.mul(l0, r0));
    ll1 = f32x4.add(ll1, f32x4.mul(l1, l1));
    rr1 = f32x4.add(rr1, f32x4.mul(r1, r1));
    lr1 = f32x4.add(lr1, f32x4.mul(l1, r1));
  }
  let ll = total(ll0, ll1);
  let rr = total(rr0, rr1);
  let lr = total(lr0, lr1);
  for (; at < end; at += 4) {
    const l = <f64>load<f32>(at);
    const r = <f64>load<f32>(at + across);
    ll += l * l;
    rr += r * r;
    lr += l * r;
  }
  store<f64>(out, load<f64>(out) + ll);
  store<f64>(out, load<f64>(out, 8) + rr, 8);
  store<f64>(out, load<f64>(out, 16) + lr, 16);
}
