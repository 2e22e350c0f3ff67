const [phases, taps] = [16, 64];

/**
 * True peak by plain interpolation to 16 times the sample rate: a sinc in a Hann window, 64 taps for each phase, every
 * phase of every sample.
 *
 * @returns for each sample the highest magnitude from it to the next
 */
export function truePeakReference(samples: Float32Array): Float64Array {
  const rows = Array.from({ length: phases }, (_, phase) => row(phase / phases));
  const padded = new Float64Array(samples.length + taps);
  padded.set(samples, taps / 2);
  return Float64Array.from(samples, (_, n) => {
    let highest = 0;
    for (const weights of rows) {
      let sum = 0;
      for (let i = 0; i < taps; i++) sum += (weights[i] ?? 0) * (padded[n + 1 + i] ?? 0);
      highest = Math.max(highest, Math.abs(sum));
    }
    return highest;
  });
}

function row(fraction: number): Float64Array {
  const weights = Float64Array.from({ length: taps }, (_, i) => {
    const t = i - (taps / 2 - 1) - fraction;
    const sinc = t === 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t);
    return sinc * (0.5 + 0.5 * Math.cos((2 * Math.PI * t) / taps));
  });
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
