/**
 * Kernels that take interleaved samples, little-endian, apart. Integers become exactly x / 2^(bits − 1), rounded to the
 * nearest float where they have more than 24 bits. `input` is the first sample of a channel, `stride` the bytes to its
 * next.
 */

/** Both channels of 16-bit stereo. `frames` a multiple of 4, all pointers multiples of 16. */
export function stereo16(input: usize, left: usize, right: usize, frames: i32): void {
  const scale = f32x4.splat(1.0 / 32768.0);
  const end = (<usize>frames) << 2;
  for (let i: usize = 0; i < end; i += 16) {
    const pairs = v128.load(input + i);
    const low = i32x4.shr_s(i32x4.shl(pairs, 16), 16);
    const high = i32x4.shr_s(pairs, 16);
    v128.store(left + i, f32x4.mul(f32x4.convert_i32x4_s(low), scale));
    v128.store(right + i, f32x4.mul(f32x4.convert_i32x4_s(high), scale));
  }
}

/** Unsigned, silence at 128. */
export function unsigned8(input: usize, output: usize, frames: i32, stride: i32): void {
  const end = output + ((<usize>frames) << 2);
  for (; output < end; output += 4, input += stride) {
    store<f32>(output, <f32>(<i32>load<u8>(input) - 128) * (1.0 / 128.0));
  }
}

export function signed16(input: usize, output: usize, frames: i32, stride: i32): void {
  const end = output + ((<usize>frames) << 2);
  for (; output < end; output += 4, input += stride) {
    store<f32>(output, <f32>(<i32>load<i16>(input)) * (1.0 / 32768.0));
  }
}

export function signed24(input: usize, output: usize, frames: i32, stride: i32): void {
  const end = output + ((<usize>frames) << 2);
  for (; output < end; output += 4, input += stride) {
    const value = <i32>load<u16>(input) | ((<i32>load<i8>(input, 2)) << 16);
    store<f32>(output, <f32>value * (1.0 / 8388608.0));
  }
}

export function signed32(input: usize, output: usize, frames: i32, stride: i32): void {
  const end = output + ((<usize>frames) << 2);
  for (; output < end; output += 4, input += stride) {
    store<f32>(output, <f32>load<i32>(input) * (1.0 / 2147483648.0));
  }
}

/** @returns index of the first sample that is not a finite number, or −1 */
export function float32(input: usize, output: usize, frames: i32, stride: i32): i32 {
  let doubt: f32 = 0;
  for (let i = 0; i < frames; i += 1, input += stride) {
    const value = load<f32>(input);
    doubt += value - value;
    store<f32>(output + ((<usize>i) << 2), value);
  }
  return doubt === 0 ? -1 : firstNotFinite(output, frames);
}

export function float64(input: usize, output: usize, frames: i32, stride: i32): i32 {
  let doubt: f32 = 0;
  for (let i = 0; i < frames; i += 1, input += stride) {
    const value = <f32>load<f64>(input);
    doubt += value - value;
    store<f32>(output + ((<usize>i) << 2), value);
  }
  return doubt === 0 ? -1 : firstNotFinite(output, frames);
}

function firstNotFinite(samples: usize, frames: i32): i32 {
  for (let i = 0; i < frames; i += 1) {
    const value = load<f32>(samples + ((<usize>i) << 2));
    if (value - value !== 0) return i;
  }
  return -1;
}
