/**
 * The peak between samples, by interpolation with 64 taps; only where it can be higher than what is known already.
 *
 * Any interpolation that keeps straight lines as they are differs from the straight line between two of its points by a
 * weighted sum of second differences of the samples around. So between two points a and b nothing exceeds
 *
 *     max(|y(a)|, |y(b)|) + slack · max |x[k − 1] − 2x[k] + x[k + 1]|
 *
 * where `slack` is the sum of the weights' magnitudes: less than 0.6 between two samples, and about a quarter of that
 * each time the stretch is halved. Music bends little from sample to sample: next to nothing of it is interpolated. What
 * this leaves is looked at with fewer taps first, four stretches at a time, whose error has such a bound as well.
 */

/** In frames; half the taps. */
const blockFrames = 32;
/** Of a block, and of one row of the filter. */
const blockBytes: usize = 128;
const rowBytes: usize = 256;

/** Of the rough filter, which is symmetrical: half its taps. */
const roughHalf: usize = 8;

/** What the kernel is at work with: the highest magnitude so far, and the sharpest bend around. */
let highest: f32 = 0;
let bend: f32 = 0;

/**
 * @param x `count` floats, not aligned; 64 more can be read on both sides
 * @param filter for each phase but the first, 64 taps: the weights of x[n − 31] … x[n + 32]
 * @param phases a power of two
 * @param slacks of the whole stretch between two samples, of its halves, of their halves …
 * @param rough the first 8 of 16 symmetrical taps for the middle between two samples, then how far they are from the 64,
 * in bends
 * @param floor what is not higher does not matter
 * @returns highest magnitude from x[0] to x[count], without the latter; `floor` where nothing is higher
 */
export function truePeak(
  x: usize,
  count: i32,
  filter: usize,
  phases: i32,
  slacks: usize,
  rough: usize,
  floor: f32,
): f32 {
  highest = floor;
  let before = sharpestBend(x - blockBytes);
  let here = sharpestBend(x);
  for (let done = 0; done < count; done += blockFrames) {
    const block = x + ((<usize>done) << 2);
    const after = sharpestBend(block + blockBytes);
    bend = max(max(before, here), after);
    before = here;
    here = after;
    const rise = load<f32>(slacks) * bend;
    if (peak(block, blockFrames + 4) + rise <= highest) continue;
    const riseOfHalf = load<f32>(slacks, 4) * bend;
    const error = load<f32>(rough + (roughHalf << 2)) * bend;
    const frames = min(count - done, blockFrames);
    for (let i = 0; i < frames; i += 4) {
      const at = block + ((<usize>i) << 2);
      const ends = f32x4.pmax(f32x4.abs(v128.load(at)), f32x4.abs(v128.load(at, 4)));
      if (!v128.any_true(f32x4.gt(f32x4.add(ends, f32x4.splat(rise)), f32x4.splat(highest)))) continue;
      const points = f32x4.pmax(ends, f32x4.add(f32x4.abs(roughMiddle(at, rough)), f32x4.splat(error)));
      let open = i32x4.bitmask(f32x4.gt(f32x4.add(points, f32x4.splat(riseOfHalf)), f32x4.splat(highest)));
      if (frames - i < 4) open &= (1 << (frames - i)) - 1;
      for (; open !== 0; open &= open - 1) {
        const sample = at + ((<usize>ctz(open)) << 2);
        highest = max(highest, abs(load<f32>(sample)));
        lookBetween(sample, filter, 0, phases, abs(load<f32>(sample)), abs(load<f32>(sample, 4)), slacks);
      }
    }
  }
  return highest;
}

/**
 * @param x the sample before
 * @param from phase, with the magnitude `start` there
 * @param to phase, with the magnitude `end` there; phase 0 of the next sample counts on
 */
function lookBetween(x: usize, filter: usize, from: i32, to: i32, start: f32, end: f32, slacks: usize): void {
  if (max(start, end) + load<f32>(slacks) * bend <= highest) return;
  const middle = (from + to) >> 1;
  const value = abs(interpolate(x, filter + <usize>(middle - 1) * rowBytes));
  highest = max(highest, value);
  if (to - from === 2) return;
  lookBetween(x, filter, from, middle, start, value, slacks + 4);
  lookBetween(x, filter, middle, to, value, end, slacks + 4);
}

/** @returns nearly the middle between each of four samples at x and the next */
function roughMiddle(x: usize, rough: usize): v128 {
  let sum = f32x4.splat(0);
  let left = x - ((roughHalf - 1) << 2);
  let right = x + (roughHalf << 2);
  for (; left <= x; left += 4, right -= 4, rough += 4) {
    const both = f32x4.add(v128.load(left), v128.load(right));
    sum = f32x4.add(sum, f32x4.mul(both, v128.load32_splat(rough)));
  }
  return sum;
}

/** @param row of the filter */
function interpolate(x: usize, row: usize): f32 {
  const first = x - blockBytes + 4;
  let even = f32x4.splat(0);
  let odd = f32x4.splat(0);
  for (let i: usize = 0; i < rowBytes; i += 32) {
    even = f32x4.add(even, f32x4.mul(v128.load(first + i), v128.load(row + i)));
    odd = f32x4.add(odd, f32x4.mul(v128.load(first + i, 16), v128.load(row + i, 16)));
  }
  const sum = f32x4.add(even, odd);
  const halves = f32x4.add(sum, v128.shuffle<f32>(sum, sum, 2, 3, 0, 1));
  return f32x4.extract_lane(halves, 0) + f32x4.extract_lane(halves, 1);
}

/** @returns the largest magnitude of `count` floats at x, not aligned; `count` a multiple of 4 */
function peak(x: usize, count: i32): f32 {
  let highest = f32x4.splat(0);
  const end = x + ((<usize>count) << 2);
  for (; x < end; x += 16) highest = f32x4.pmax(highest, f32x4.abs(v128.load(x)));
  return highestLane(highest);
}

/** @returns the largest magnitude of `count` floats at x, not aligned */
export function samplePeak(x: usize, count: i32): f32 {
  const quads = count & ~3;
  let highest = peak(x, quads);
  for (let i = quads; i < count; i++) highest = max(highest, abs(load<f32>(x + ((<usize>i) << 2))));
  return highest;
}

/** @returns the largest second difference in the block at x */
function sharpestBend(x: usize): f32 {
  let sharpest = f32x4.splat(0);
  const end = x + blockBytes;
  for (; x < end; x += 16) {
    const here = v128.load(x);
    const beside = f32x4.add(v128.load(x - 4), v128.load(x + 4));
    sharpest = f32x4.pmax(sharpest, f32x4.abs(f32x4.sub(beside, f32x4.add(here, here))));
  }
  return highestLane(sharpest);
}

function highestLane(lanes: v128): f32 {
  const halves = f32x4.pmax(lanes, v128.shuffle<f32>(lanes, lanes, 2, 3, 0, 1));
  return max(f32x4.extract_lane(halves, 0), f32x4.extract_lane(halves, 1));
}
