import type { AudioBlock } from '#processors/shared/audio/audio-stream.ts';

/** Waveform of a recording for drawing it at any width; the names are a promise to programs. */
export interface PeaksFile {
  readonly version: 1;
  readonly sampleRateHz: number;
  /** Of the recording; the peaks are over all of them. */
  readonly channels: number;
  readonly durationSeconds: number;
  /** Coarse to fine, each four times as fine as the one before. */
  readonly levels: readonly PeaksLevel[];
}

export interface PeaksLevel {
  readonly samplesPerPeak: number;
  readonly stepSeconds: number;
  /** Lowest sample of each step, −1 … 1, more where the recording has more; to a hundredth. */
  readonly low: readonly number[];
  readonly high: readonly number[];
}

const finestSamplesPerPeak = 256;
const mostPeaks = 32_768;
const levels = 3;
const levelFactor = 4;

export interface PeakFinder {
  add(block: AudioBlock): void;
  result(sampleRateHz: number, channels: number): PeaksFile;
}

/** Steps become twice as long whenever there are too many, so that a recording of any length fits. */
export function createPeakFinder(): PeakFinder {
  const low = new Float32Array(mostPeaks);
  const high = new Float32Array(mostPeaks);
  let samplesPerPeak = finestSamplesPerPeak;
  let peaks = 0;
  let filled = 0;
  let frames = 0;

  function open(): void {
    if (peaks === mostPeaks) {
      for (const values of [low, high]) values.set(merged(values, 2, values === low ? Math.min : Math.max));
      peaks /= 2;
      samplesPerPeak *= 2;
    }
    low[peaks] = Number.POSITIVE_INFINITY;
    high[peaks] = Number.NEGATIVE_INFINITY;
    filled = 0;
    peaks++;
  }

  return {
    add({ channels, frames: length }) {
      for (let done = 0; done < length; ) {
        if (peaks === 0 || filled === samplesPerPeak) open();
        const end = Math.min(length, done + samplesPerPeak - filled);
        for (const samples of channels) {
          let lowest = low[peaks - 1] ?? 0;
          let highest = high[peaks - 1] ?? 0;
          for (let at = done; at < end; at++) {
            const value = samples[at] ?? 0;
            if (value < lowest) lowest = value;
            if (value > highest) highest = value;
          }
          low[peaks - 1] = lowest;
          high[peaks - 1] = highest;
        }
        filled += end - done;
        done = end;
      }
      frames += length;
    },
    result: (sampleRateHz, channels) => ({
      version: 1,
      sampleRateHz,
      channels,
      durationSeconds: frames / sampleRateHz,
      levels: Array.from({ length: levels }, (_, index) => {
        const factor = levelFactor ** (levels - 1 - index);
        return {
          samplesPerPeak: samplesPerPeak * factor,
          stepSeconds: (samplesPerPeak * factor) / sampleRateHz,
          low: hundredths(merged(low.subarray(0, peaks), factor, Math.min)),
          high: hundredths(merged(high.subarray(0, peaks), factor, Math.max)),
        };
      }),
    }),
  };
}

function merged(values: Float32Array, factor: number, how: (...values: number[]) => number): Float32Array {
  return Float32Array.from({ length: Math.ceil(values.length / factor) }, (_, i) =>
    how(...values.subarray(i * factor, (i + 1) * factor)),
  );
}

function hundredths(values: Float32Array): number[] {
  // Not −0, which JSON writes as 0 anyway.
  return Array.from(values, (value) => Math.round(value * 100) / 100 + 0);
}
