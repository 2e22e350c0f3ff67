import type { Peaks } from '../audio/player/wave.tsx';

const steps = 1_200;

/** The picture of decoded sound: lowest and highest sample of each step over all channels. */
export function bufferPeaks(channels: readonly Float32Array[]): Peaks {
  const length = channels[0]?.length ?? 0;
  const count = Math.max(1, Math.min(steps, length));
  const low = new Array<number>(count).fill(0);
  const high = new Array<number>(count).fill(0);
  for (const samples of channels) {
    for (let step = 0; step < count; step++) {
      const end = Math.floor(((step + 1) * length) / count);
      let lowest = low[step] ?? 0;
      let highest = high[step] ?? 0;
      for (let at = Math.floor((step * length) / count); at < end; at++) {
        const sample = samples[at] ?? 0;
        if (sample < lowest) lowest = sample;
        if (sample > highest) highest = sample;
      }
      low[step] = lowest;
      high[step] = highest;
    }
  }
  return { low, high };
}
