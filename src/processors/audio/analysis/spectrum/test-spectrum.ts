import type { ChannelRole } from '#processors/shared/audio/audio-stream.ts';
import { maxBlockFrames } from '#processors/shared/audio/audio-stream.ts';
import { createDsp } from '#processors/shared/audio/dsp/dsp.ts';
import { createSpectrumMeasure, type SpectrumResult } from './spectrum-measure.ts';

const layouts: Record<number, readonly ChannelRole[]> = {
  1: ['mono'],
  2: ['left', 'right'],
  3: ['centre', 'left', 'right'],
};

/**
 * Measures samples that a test has made.
 *
 * @param nextBlock length of the block that comes next; the longest there may be, unless a test says otherwise
 */
export async function measureSamples(
  channels: readonly Float32Array[],
  sampleRateHz = 44_100,
  nextBlock: () => number = () => maxBlockFrames,
): Promise<SpectrumResult> {
  const dsp = await createDsp();
  const pointers = channels.map(() => dsp.allocate(maxBlockFrames));
  const layout = layouts[channels.length] ?? [];
  const measure = await createSpectrumMeasure({
    dsp,
    format: { container: 'wav', codec: 'PCM', sampleRateHz, layout },
  });
  const total = channels[0]?.length ?? 0;
  for (let startFrame = 0; startFrame < total; ) {
    const frames = Math.min(nextBlock(), total - startFrame);
    const block = channels.map((samples) => samples.subarray(startFrame, startFrame + frames));
    for (const [index, pointer] of pointers.entries()) dsp.floats(pointer, frames).set(block[index] ?? []);
    measure.add({ channels: block, frames, pointers, startFrame });
    startFrame += frames;
  }
  return measure.result();
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
