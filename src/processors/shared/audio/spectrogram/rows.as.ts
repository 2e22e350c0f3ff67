/**
 * Rows of a spectrogram from the bins of power spectra, and their levels.
 */

/**
 * The strongest bin of each row; where rows are finer than bins, the power between the two nearest.
 *
 * @param power of bins, some floats more than the table reaches
 * @param table for each row three numbers of 32 bits: first bin, bins (0: between two), and then how far between them (float)
 * @param out rows floats
 */
export function rows(power: usize, table: usize, out: usize, rows: i32): void {
  for (let row = 0; row < rows; row++) {
    const entry = table + <usize>row * 12;
    const first = power + ((<usize>load<i32>(entry)) << 2);
    const bins = load<i32>(entry, 4);
    let peak: f32 = 0;
    if (bins === 0) {
      const part = load<f32>(entry, 8);
      peak = load<f32>(first) * (1 - part) + load<f32>(first, 4) * part;
    } else {
      const end = first + ((<usize>bins) << 2);
      let at = first;
      if (bins >= 8) {
        let peaks = v128.load(at);
        for (at += 16; at + 16 <= end; at += 16) peaks = f32x4.max(peaks, v128.load(at));
        peak = max(
          max(f32x4.extract_lane(peaks, 0), f32x4.extract_lane(peaks, 1)),
          max(f32x4.extract_lane(peaks, 2), f32x4.extract_lane(peaks, 3)),
        );
      }
      for (; at < end; at += 4) peak = max(peak, load<f32>(at));
    }
    store<f32>(out + ((<usize>row) << 2), peak);
  }
}

/** out[i] = (a[2i] + a[2i + 1]) / 2 of whole columns: two become one, in place. */
export function halve(columns: usize, rows: i32, pairs: i32): void {
  const bytes = (<usize>rows) << 2;
  for (let pair = 0; pair < pairs; pair++) {
    const first = columns + <usize>(2 * pair) * bytes;
    const out = columns + <usize>pair * bytes;
    for (let i: usize = 0; i < bytes; i += 16) {
      const sum = f32x4.add(v128.load(first + i), v128.load(first + bytes + i));
      v128.store(out + i, f32x4.mul(sum, f32x4.splat(0.5)));
    }
  }
}

/**
 * log2 of positive, normal numbers to ± 0.00012 (0.0004 dB of power): the exponent, and the polynomial that is exact at
 * five Chebyshev points of 1 … 2.
 */
function log2(x: v128): v128 {
  const exponent = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(x, 23), i32x4.splat(127)));
  const mantissa = v128.or(v128.and(x, i32x4.splat(0x007fffff)), i32x4.splat(0x3f800000));
  let y = f32x4.splat(-0.0784406762091458);
  y = f32x4.add(f32x4.mul(y, mantissa), f32x4.splat(0.6260321821639283));
  y = f32x4.add(f32x4.mul(y, mantissa), f32x4.splat(-2.0783351682517117));
  y = f32x4.add(f32x4.mul(y, mantissa), f32x4.splat(4.029211391071479));
  y = f32x4.add(f32x4.mul(y, mantissa), f32x4.splat(-2.498353148814169));
  return f32x4.add(exponent, y);
}

/**
 * Levels as bytes, turned from columns of rising frequency into lines of a picture with the highest on top.
 *
 * @param columns columns · rows floats of power
 * @param out rows · columns bytes: 0 at the floor and below, 255 at the ceiling and above
 * @param offset and scale of a level: byte = offset + scale · log2(power)
 */
export function levels(columns: usize, out: usize, count: i32, rows: i32, offset: f32, scale: f32): void {
  const tiny = f32x4.splat(1e-30);
  for (let column = 0; column < count; column++) {
    const from = columns + ((<usize>(column * rows)) << 2);
    for (let row = 0; row < rows; row += 4) {
      const power = f32x4.max(v128.load(from + ((<usize>row) << 2)), tiny);
      const level = f32x4.add(f32x4.splat(offset), f32x4.mul(log2(power), f32x4.splat(scale)));
      const bounded = f32x4.min(f32x4.max(level, f32x4.splat(0)), f32x4.splat(255));
      const bytes = i32x4.trunc_sat_f32x4_s(f32x4.add(bounded, f32x4.splat(0.5)));
      const to = out + <usize>((rows - 1 - row) * count + column);
      store<u8>(to, <u8>i32x4.extract_lane(bytes, 0));
      store<u8>(to - <usize>count, <u8>i32x4.extract_lane(bytes, 1));
      store<u8>(to - <usize>(2 * count), <u8>i32x4.extract_lane(bytes, 2));
      store<u8>(to - <usize>(3 * count), <u8>i32x4.extract_lane(bytes, 3));
    }
  }
}
