/**
 * Kernels of the separation by signal processing. Rows hold a value for each bin; counts are multiples of 4, rows may be read
 * 4 bins beyond their end.
 */

/** Halvings of a median's interval: from a million to one it comes within 2 % of its value. */
const halvings: i32 = 11;

/**
 * For each bin the (lower) median of some rows of powers. Bit patterns of numbers from 0 up are ordered as the numbers are, and
 * halving an interval of them is nearly halving in decibels.
 *
 * @param rows addresses of the rows, 32 bits each; any multiple of 4 bytes
 * @param scratch room for 4 · count floats
 */
export function median(rows: usize, count: i32, bins: i32, scratch: usize, out: usize): void {
  const end = (<usize>bins) << 2;
  const last = (<usize>count) << 4;
  const half = i32x4.splat((count + 1) >> 1);
  for (let at: usize = 0; at < end; at += 16) {
    let low = i32x4.splat(0x7fffffff);
    let high = i32x4.splat(0);
    for (let row: usize = 0; row < last; row += 16) {
      const values = v128.load(<usize>load<u32>(rows + (row >> 2)) + at);
      v128.store(scratch + row, values);
      low = i32x4.min_s(low, values);
      high = i32x4.max_s(high, values);
    }
    for (let i = 0; i < halvings; i++) {
      const middle = i32x4.add(low, i32x4.shr_s(i32x4.sub(high, low), 1));
      let below = i32x4.splat(0);
      for (let row: usize = 0; row < last; row += 16) {
        below = i32x4.sub(below, i32x4.le_s(v128.load(scratch + row), middle));
      }
      const reached = i32x4.ge_s(below, half);
      high = v128.bitselect(middle, high, reached);
      low = v128.bitselect(low, middle, reached);
    }
    v128.store(out + at, high);
  }
}

/** out[i] = feature · base[i], vectors of `dimensions` floats each. */
export function similarities(feature: usize, base: usize, dimensions: i32, count: i32, out: usize): void {
  const size = (<usize>dimensions) << 2;
  for (let i = 0; i < count; i++) {
    let sum = f32x4.splat(0);
    for (let at: usize = 0; at < size; at += 16) {
      sum = f32x4.add(sum, f32x4.mul(v128.load(feature + at), v128.load(base + at)));
    }
    store<f32>(
      out + ((<usize>i) << 2),
      f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1) + f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3),
    );
    base += size;
  }
}

/** out[i] = Σ rows[i], and over three bins; the rows' bins −1 and `bins` are read. */
export function smooth(rows: usize, count: i32, bins: i32, scale: f32, out: usize): void {
  const end = (<usize>bins) << 2;
  for (let at: usize = 0; at < end; at += 16) {
    let sum = f32x4.splat(0);
    for (let row = 0; row < count; row++) {
      const from = <usize>load<u32>(rows + ((<usize>row) << 2)) + at;
      sum = f32x4.add(sum, f32x4.add(v128.load(from - 4), f32x4.add(v128.load(from), v128.load(from + 4))));
    }
    v128.store(out + at, f32x4.mul(sum, f32x4.splat(scale)));
  }
}

/**
 * What of each bin may be voice, drums and bass, before they are held against each other.
 *
 * @param power of the frame; @param repeated its median over similar frames; @param steady over its neighbours in time;
 *   @param broad over its neighbours in frequency; @param middle and @param side smoothed powers of L + R and L − R
 * @param shape three rows: what of a bin voices reach, bass reaches, and where drums are told by time alone
 */
export function judge(
  power: usize,
  repeated: usize,
  steady: usize,
  broad: usize,
  middle: usize,
  side: usize,
  shape: usize,
  bins: i32,
  voice: usize,
  drums: usize,
  bass: usize,
): void {
  const end = (<usize>bins) << 2;
  const tiny = f32x4.splat(1e-9);
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  for (let at: usize = 0; at < end; at += 16) {
    const all = v128.load(power + at);
    const amplitude = f32x4.sqrt(all);
    const back = f32x4.min(v128.load(repeated + at), all);
    const front = f32x4.sub(amplitude, f32x4.sqrt(back));
    const frontPower = f32x4.mul(front, front);
    const unrepeated = f32x4.div(frontPower, f32x4.add(f32x4.add(frontPower, back), tiny));

    const held = v128.load(steady + at);
    const struck = v128.load(broad + at);
    const percussive = f32x4.div(struck, f32x4.add(f32x4.add(struck, held), tiny));
    const excess = f32x4.max(f32x4.sub(amplitude, f32x4.sqrt(held)), zero);
    const excessPower = f32x4.mul(excess, excess);
    const sudden = f32x4.div(excessPower, f32x4.add(f32x4.add(excessPower, held), tiny));

    const off = f32x4.div(v128.load(side + at), f32x4.add(v128.load(middle + at), tiny));
    const near = f32x4.max(f32x4.sub(one, f32x4.mul(off, f32x4.splat(3))), zero);
    const nearer = f32x4.max(f32x4.sub(one, f32x4.mul(off, f32x4.splat(2))), zero);

    const voices = v128.load(shape + at);
    const low = v128.load(shape + end + at);
    const timed = v128.load(shape + 2 * end + at);
    const tonal = f32x4.sub(one, percussive);
    v128.store(voice + at, f32x4.mul(f32x4.mul(unrepeated, near), f32x4.mul(tonal, voices)));
    v128.store(drums + at, f32x4.add(percussive, f32x4.mul(timed, f32x4.sub(sudden, percussive))));
    v128.store(bass + at, f32x4.mul(f32x4.mul(low, nearer), f32x4.sub(one, sudden)));
  }
}

/** row[i] *= 1 − voice[i] */
export function yieldTo(voice: usize, row: usize, bins: i32): void {
  const end = (<usize>bins) << 2;
  for (let at: usize = 0; at < end; at += 16) {
    v128.store(row + at, f32x4.mul(v128.load(row + at), f32x4.sub(f32x4.splat(1), v128.load(voice + at))));
  }
}

/** out = spectrum · mask, as `Fft.forward` leaves it; the bin at half the sample rate goes with the one below it. */
export function masked(spectrum: usize, mask: usize, bins: i32, out: usize): void {
  const end = (<usize>bins) << 2;
  for (let at: usize = 0; at < end; at += 16) {
    const share = v128.load(mask + at);
    const from = spectrum + (at << 1);
    const to = out + (at << 1);
    v128.store(to, f32x4.mul(v128.load(from), v128.shuffle<f32>(share, share, 0, 0, 1, 1)));
    v128.store(to, f32x4.mul(v128.load(from, 16), v128.shuffle<f32>(share, share, 2, 2, 3, 3)), 16);
  }
  store<f32>(out, load<f32>(spectrum, 4) * load<f32>(mask + end - 4), 4);
}

/** out[i] += a[i] · b[i] · scale */
export function multiplyAdd(a: usize, b: usize, scale: f32, out: usize, count: i32): void {
  const end = (<usize>count) << 2;
  for (let i: usize = 0; i < end; i += 16) {
    const product = f32x4.mul(f32x4.mul(v128.load(a + i), v128.load(b + i)), f32x4.splat(scale));
    v128.store(out + i, f32x4.add(v128.load(out + i), product));
  }
}
