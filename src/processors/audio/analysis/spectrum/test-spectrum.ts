import type { ChannelRole } from '#processors/shared/audio/audio-stream.ts';
import { createDsp } from '#processors/shared/audio/dsp/dsp.ts';
import { measureSamples } from '../../../../../test/support/audio/measure-samples.ts';
import { createSpectrumMeasure, type SpectrumResult } from './spectrum-measure.ts';

const layouts: Record<number, readonly ChannelRole[]> = {
  1: ['mono'],
  2: ['left', 'right'],
  3: ['centre', 'left', 'right'],
};

/** What the measure finds in one, two or three channels. */
export function spectrumOf(
  channels: readonly Float32Array[],
  sampleRateHz = 44_100,
  blockFrames?: readonly number[],
): Promise<SpectrumResult> {
  const layout = layouts[channels.length] ?? [];
  return measureSamples(createSpectrumMeasure, { channels, sampleRateHz, layout }, blockFrames);
}

/** Lets a sound begin and end softly, as a cut has all frequencies in it. */
export function faded(samples: Float32Array, frames: number): Float32Array {
  for (let i = 0; i < frames; i++) {
    const gain = 0.5 - 0.5 * Math.cos((Math.PI * i) / frames);
    for (const at of [i, samples.length - 1 - i]) samples[at] = gain * (samples[at] ?? 0);
  }
  return samples;
}

/** Level of a full-scale sine. */
export const sineDb = -10 * Math.log10(2);

/** Noise with exactly `power(hz)` in each Hz, and random phases. Its length is a power of two. */
export async function shapedNoise(
  frames: number,
  sampleRateHz: number,
  random: () => number,
  power: (hz: number) => number,
): Promise<Float32Array> {
  const dsp = await createDsp();
  const fft = dsp.fft(frames);
  const spectrum = dsp.allocate(frames);
  const bins = dsp.floats(spectrum, frames);
  const binHz = sampleRateHz / frames;
  for (let bin = 1; bin < frames / 2; bin++) {
    const magnitude = Math.sqrt((power(bin * binHz) * binHz) / 2);
    const phase = Math.PI * random();
    bins[2 * bin] = magnitude * Math.cos(phase);
    bins[2 * bin + 1] = magnitude * Math.sin(phase);
  }
  fft.inverse(spectrum, spectrum);
  return dsp.floats(spectrum, frames).slice();
}
