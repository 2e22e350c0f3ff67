/** What is counted of one channel's samples. `x` need not be aligned. */

/**
 * @param x `count` floats
 * @param scale full scale of the file's whole numbers, such as 32768
 * @param out six doubles: sum, sum of squares, lowest and highest sample, and the bits that are set in any and in every
 * sample as a whole number
 */
export function statistics(x: usize, count: i32, scale: f32, out: usize): void {
  let sum = f64x2.splat(0);
  let squares = f64x2.splat(0);
  let low = f32x4.splat(Infinity);
  let high = f32x4.splat(-Infinity);
  let any = i32x4.splat(0);
  let every = i32x4.splat(-1);
  const quads = x + ((<usize>(count & ~3)) << 2);
  const end = x + ((<usize>count) << 2);
  for (; x < quads; x += 16) {
    const a = v128.load(x);
    low = f32x4.pmin(low, a);
    high = f32x4.pmax(high, a);
    const bits = i32x4.trunc_sat_f32x4_s(f32x4.mul(a, f32x4.splat(scale)));
    any = v128.or(any, bits);
    every = v128.and(every, bits);
    const first = f64x2.promote_low_f32x4(a);
    const second = f64x2.promote_low_f32x4(v128.shuffle<f32>(a, a, 2, 3, 0, 1));
    sum = f64x2.add(sum, f64x2.add(first, second));
    squares = f64x2.add(squares, f64x2.add(f64x2.mul(first, first), f64x2.mul(second, second)));
  }
  let total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  let energy = f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1);
  for (; x < end; x += 4) {
    const a = v128.load32_splat(x);
    low = f32x4.pmin(low, a);
    high = f32x4.pmax(high, a);
    const bits = i32x4.trunc_sat_f32x4_s(f32x4.mul(a, f32x4.splat(scale)));
    any = v128.or(any, bits);
    every = v128.and(every, bits);
    const value = <f64>load<f32>(x);
    total += value;
    energy += value * value;
  }
  any = v128.or(any, v128.shuffle<i32>(any, any, 2, 3, 0, 1));
  every = v128.and(every, v128.shuffle<i32>(every, every, 2, 3, 0, 1));
  store<f64>(out, total);
  store<f64>(out, energy, 8);
  store<f64>(out, lowestLane(low), 16);
  store<f64>(out, highestLane(high), 24);
  store<f64>(out, i32x4.extract_lane(any, 0) | i32x4.extract_lane(any, 1), 32);
  store<f64>(out, i32x4.extract_lane(every, 0) & i32x4.extract_lane(every, 1), 40);
}

/**
 * @param x `count` floats
 * @param out two doubles: lowest and highest
 */
export function range(x: usize, count: i32, out: usize): void {
  let low = f32x4.splat(Infinity);
  let high = f32x4.splat(-Infinity);
  const quads = x + ((<usize>(count & ~3)) << 2);
  const end = x + ((<usize>count) << 2);
  for (; x < quads; x += 16) {
    low = f32x4.pmin(low, v128.load(x));
    high = f32x4.pmax(high, v128.load(x));
  }
  for (; x < end; x += 4) {
    low = f32x4.pmin(low, v128.load32_splat(x));
    high = f32x4.pmax(high, v128.load32_splat(x));
  }
  store<f64>(out, lowestLane(low));
  store<f64>(out, highestLane(high), 8);
}

/**
 * @param x `count` floats; 5 more can be read
 * @param from 0 … count
 * @param level above 0
 * @returns the first place from there on where three equal samples begin whose magnitude is `level` or more; `count`
 * where there is none
 */
export function plateau(x: usize, from: i32, count: i32, level: f32): i32 {
  for (let i = from; i < count; i += 4) {
    const at = x + ((<usize>i) << 2);
    const a = v128.load(at);
    const isFlat = v128.and(f32x4.eq(a, v128.load(at, 4)), f32x4.eq(a, v128.load(at, 8)));
    const found = i32x4.bitmask(v128.and(isFlat, f32x4.ge(f32x4.abs(a), f32x4.splat(level))));
    if (found !== 0) return min(i + <i32>ctz(found), count);
  }
  return count;
}

function lowestLane(lanes: v128): f32 {
  const halves = f32x4.pmin(lanes, v128.shuffle<f32>(lanes, lanes, 2, 3, 0, 1));
  return min(f32x4.extract_lane(halves, 0), f32x4.extract_lane(halves, 1));
}

function highestLane(lanes: v128): f32 {
  const halves = f32x4.pmax(lanes, v128.shuffle<f32>(lanes, lanes, 2, 3, 0, 1));
  return max(f32x4.extract_lane(halves, 0), f32x4.extract_lane(halves, 1));
}
