import { type AudioBlock, type AudioFormat, maxBlockFrames } from '#processors/shared/audio/audio-stream.ts';
import type { Dsp } from '#processors/shared/audio/dsp/dsp.ts';
import type { Measure } from '#processors/shared/audio/measure.ts';

/** Puts samples where kernels can reach them, and hands them to each measure in turn. */
export function createFeed(
  dsp: Dsp,
  { layout }: AudioFormat,
  measures: readonly Pick<Measure<unknown>, 'add'>[],
): (block: AudioBlock) => void {
  const pointers = layout.map(() => dsp.allocate(maxBlockFrames));
  let startFrame = 0;
  return ({ channels: samples, frames }) => {
    const channels = pointers.map((pointer) => dsp.floats(pointer, frames));
    channels.forEach((to, channel) => {
      to.set(samples[channel]?.subarray(0, frames) ?? []);
    });
    for (const measure of measures) measure.add({ channels, pointers, frames, startFrame });
    startFrame += frames;
  };
}
