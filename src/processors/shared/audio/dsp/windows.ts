/**
 * The periodic Hann window, for overlapping frames.
 *
 * @returns `size` values from 0 to 1
 */
export function hann(size: number): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size));
}
