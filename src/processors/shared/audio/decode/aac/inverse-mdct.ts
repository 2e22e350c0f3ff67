/**
 * The inverse modified discrete cosine transform of n lines, before its output is unfolded: a DCT-IV by a complex Fourier
 * transform of n / 2.
 *
 * @param n a power of two
 * @param scale of the output
 * @returns y[m] = scale · Σ x[k] cos(π/n (m + ½)(k + ½)), written into `output`
 */
export function createDct4(n: number, scale: number) {
  const half = n / 2;
  const real = new Float64Array(half);
  const imaginary = new Float64Array(half);
  const twiddleCos = Float64Array.from({ length: half }, (_, k) => Math.cos((Math.PI * (8 * k + 1)) / (8 * n)));
  const twiddleSin = Float64Array.from({ length: half }, (_, k) => -Math.sin((Math.PI * (8 * k + 1)) / (8 * n)));
  const transform = createFourier(half);
  const order = reversedBits(half);

  return (input: Float32Array, from: number, output: Float64Array): void => {
    for (let k = 0; k < half; k += 1) {
      const a = input[from + 2 * k] as number;
      const b = input[from + n - 1 - 2 * k] as number;
      const c = twiddleCos[k] as number;
      const s = twiddleSin[k] as number;
      const to = order[k] as number;
      real[to] = a * c - b * s;
      imaginary[to] = a * s + b * c;
    }
    transform(real, imaginary);
    for (let k = 0; k < half; k += 1) {
      const a = real[k] as number;
      const b = imaginary[k] as number;
      const c = twiddleCos[k] as number;
      const s = twiddleSin[k] as number;
      output[2 * k] = (a * c - b * s) * scale;
      output[n - 1 - 2 * k] = -(a * s + b * c) * scale;
    }
  };
}

function reversedBits(size: number): Uint16Array {
  const bits = Math.log2(size);
  return Uint16Array.from({ length: size }, (_, i) => {
    let reversed = 0;
    for (let bit = 0; bit < bits; bit += 1) reversed |= ((i >> bit) & 1) << (bits - 1 - bit);
    return reversed;
  });
}

/** Complex, forwards, in place; the input in the order of reversed bits. */
function createFourier(size: number) {
  const cos = Float64Array.from({ length: size / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / size));
  const sin = Float64Array.from({ length: size / 2 }, (_, i) => -Math.sin((2 * Math.PI * i) / size));
  return (real: Float64Array, imaginary: Float64Array): void => {
    for (let span = 1, stride = size / 2; span < size; span *= 2, stride /= 2) {
      for (let start = 0; start < size; start += 2 * span) {
        for (let k = 0; k < span; k += 1) {
          const a = start + k;
          const b = a + span;
          const c = cos[k * stride] as number;
          const s = sin[k * stride] as number;
          const br = real[b] as number;
          const bi = imaginary[b] as number;
          const tr = br * c - bi * s;
          const ti = br * s + bi * c;
          const ar = real[a] as number;
          const ai = imaginary[a] as number;
          real[a] = ar + tr;
          imaginary[a] = ai + ti;
          real[b] = ar - tr;
          imaginary[b] = ai - ti;
        }
      }
    }
  };
}
