/**
 * K-weighting of two channels side by side, and the energy that comes out.
 *
 * Both filters are in direct form II, in double precision: w = x − a₁w₁ − a₂w₂, y = w + b₁w₁ + b₂w₂. The high-pass has
 * b = 1, −2, 1 at every sample rate, so that its output is a difference of differences.
 *
 * @param left `count` floats, not aligned
 * @param right `count` floats, not aligned; may be `left`
 * @param filter six doubles: a₁, a₂, b₁, b₂ of the shelf (b₀ = 1), a₁, a₂ of the high-pass
 * @param state eight doubles, zero at first: w₁, w₂ of the shelf, then of the high-pass, each left and right
 * @param energy two doubles: the sum of squares of each channel
 */
export function kWeight(left: usize, right: usize, count: i32, filter: usize, state: usize, energy: usize): void {
  const a1 = v128.load64_splat(filter);
  const a2 = v128.load64_splat(filter, 8);
  const b1 = v128.load64_splat(filter, 16);
  const b2 = v128.load64_splat(filter, 24);
  const c1 = v128.load64_splat(filter, 32);
  const c2 = v128.load64_splat(filter, 40);
  let w1 = v128.load(state);
  let w2 = v128.load(state, 16);
  let v1 = v128.load(state, 32);
  let v2 = v128.load(state, 48);
  let sum = f64x2.splat(0);
  const end = (<usize>count) << 2;
  const endOfPairs = end & ~7;
  let i: usize = 0;
  // Two frames at a time, so that what was the last becomes the one before without being moved.
  for (; i < endOfPairs; i += 8) {
    const l = f64x2.promote_low_f32x4(v128.load64_zero(left + i));
    const r = f64x2.promote_low_f32x4(v128.load64_zero(right + i));
    const x = v128.shuffle<f64>(l, r, 0, 2);
    const w = f64x2.sub(f64x2.sub(x, f64x2.mul(a2, w2)), f64x2.mul(a1, w1));
    const y = f64x2.add(w, f64x2.add(f64x2.mul(b1, w1), f64x2.mul(b2, w2)));
    const v = f64x2.sub(f64x2.sub(y, f64x2.mul(c2, v2)), f64x2.mul(c1, v1));
    const z = f64x2.sub(f64x2.sub(v, v1), f64x2.sub(v1, v2));
    sum = f64x2.add(sum, f64x2.mul(z, z));

    const nextX = v128.shuffle<f64>(l, r, 1, 3);
    w2 = f64x2.sub(f64x2.sub(nextX, f64x2.mul(a2, w1)), f64x2.mul(a1, w));
    const nextY = f64x2.add(w2, f64x2.add(f64x2.mul(b1, w), f64x2.mul(b2, w1)));
    v2 = f64x2.sub(f64x2.sub(nextY, f64x2.mul(c2, v1)), f64x2.mul(c1, v));
    const nextZ = f64x2.sub(f64x2.sub(v2, v), f64x2.sub(v, v1));
    sum = f64x2.add(sum, f64x2.mul(nextZ, nextZ));

    w1 = w2;
    w2 = w;
    v1 = v2;
    v2 = v;
  }
  if (i < end) {
    const l = f64x2.promote_low_f32x4(v128.load32_zero(left + i));
    const r = f64x2.promote_low_f32x4(v128.load32_zero(right + i));
    const x = v128.shuffle<f64>(l, r, 0, 2);
    const w = f64x2.sub(f64x2.sub(x, f64x2.mul(a2, w2)), f64x2.mul(a1, w1));
    const y = f64x2.add(w, f64x2.add(f64x2.mul(b1, w1), f64x2.mul(b2, w2)));
    const v = f64x2.sub(f64x2.sub(y, f64x2.mul(c2, v2)), f64x2.mul(c1, v1));
    const z = f64x2.sub(f64x2.sub(v, v1), f64x2.sub(v1, v2));
    sum = f64x2.add(sum, f64x2.mul(z, z));
    w2 = w1;
    w1 = w;
    v2 = v1;
    v1 = v;
  }
  v128.store(state, settled(w1));
  v128.store(state, settled(w2), 16);
  v128.store(state, settled(v1), 32);
  v128.store(state, settled(v2), 48);
  v128.store(energy, sum);
}

/** What has died away counts as nothing: processors take a hundred times as long with numbers below the normal ones. */
function settled(w: v128): v128 {
  return v128.and(w, f64x2.gt(f64x2.abs(w), f64x2.splat(1e-30)));
}
