/**
 * Magnitude of each bin.
 *
 * @param spectrum as `Fft.forward` leaves it, 2 · bins floats
 * @param out bins floats; the first, where the mean and half the sample rate are, is 0
 * @param bins a multiple of 4
 */
export function magnitudes(spectrum: usize, out: usize, bins: i32): void {
  const end = (<usize>bins) << 2;
  for (let i: usize = 0; i < end; i += 16) {
    const a = v128.load(spectrum + (i << 1));
    const b = v128.load(spectrum + (i << 1), 16);
    const re = v128.shuffle<f32>(a, b, 0, 2, 4, 6);
    const im = v128.shuffle<f32>(a, b, 1, 3, 5, 7);
    v128.store(out + i, f32x4.sqrt(f32x4.add(f32x4.mul(re, re), f32x4.mul(im, im))));
  }
  store<f32>(out, 0);
}
