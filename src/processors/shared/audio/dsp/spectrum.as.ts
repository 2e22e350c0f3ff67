/**
 * Kernels on frames and spectra. Pointers are multiples of 16, counts multiples of 4, unless a line says otherwise.
 */

/** out[i] = a[i] · b[i] */
export function multiply(a: usize, b: usize, out: usize, count: i32): void {
  const end = (<usize>count) << 2;
  for (let i: usize = 0; i < end; i += 16) {
    v128.store(out + i, f32x4.mul(v128.load(a + i), v128.load(b + i)));
  }
}

/**
 * Power of each bin.
 *
 * @param spectrum as `Fft.forward` leaves it, 2 · bins floats
 * @param out bins floats: |X|² of bins 0 … bins − 1; the one at half the sample rate is left out
 */
export function power(spectrum: usize, out: usize, bins: i32): void {
  const end = (<usize>bins) << 2;
  for (let i: usize = 0; i < end; i += 16) {
    const a = v128.load(spectrum + (i << 1));
    const b = v128.load(spectrum + (i << 1), 16);
    const re = v128.shuffle<f32>(a, b, 0, 2, 4, 6);
    const im = v128.shuffle<f32>(a, b, 1, 3, 5, 7);
    v128.store(out + i, f32x4.add(f32x4.mul(re, re), f32x4.mul(im, im)));
  }
  // What stands beside the first bin is the last one.
  const dc = load<f32>(spectrum);
  store<f32>(out, dc * dc);
}

/** out[i] += a[i] */
export function accumulate(a: usize, out: usize, count: i32): void {
  const end = (<usize>count) << 2;
  for (let i: usize = 0; i < end; i += 16) {
    v128.store(out + i, f32x4.add(v128.load(out + i), v128.load(a + i)));
  }
}
