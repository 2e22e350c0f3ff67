import { type ChannelRole, maxBlockFrames } from '#processors/shared/audio/audio-stream.ts';
import { createDsp } from '#processors/shared/audio/dsp/dsp.ts';
import type { Measure, MeasureSetup } from '#processors/shared/audio/measure.ts';

export interface Recording {
  readonly sampleRateHz: number;
  /** Planar. */
  readonly channels: readonly Float32Array[];
  /** Mono or left and right, when absent. */
  readonly layout?: readonly ChannelRole[];
  readonly bitsPerSample?: number;
  readonly codec?: string;
}

export const surround: readonly ChannelRole[] = ['left', 'right', 'centre', 'lfe', 'left-surround', 'right-surround'];

/**
 * What a measure finds in samples.
 *
 * @param blockFrames lengths of the blocks they come in; the last is repeated to the end
 */
export async function measureSamples<Result>(
  create: (setup: MeasureSetup) => Promise<Measure<Result>>,
  { sampleRateHz, channels, layout = layoutOf(channels.length), codec = 'PCM', bitsPerSample }: Recording,
  blockFrames: readonly number[] = [maxBlockFrames],
): Promise<Result> {
  const dsp = await createDsp();
  const pointers = channels.map(() => dsp.allocate(Math.max(...blockFrames)));
  const bits = bitsPerSample === undefined ? {} : { bitsPerSample };
  const measure = await create({ dsp, format: { container: 'wav', codec, sampleRateHz, layout, ...bits } });
  const length = channels[0]?.length ?? 0;
  for (let startFrame = 0, index = 0; startFrame < length; index++) {
    const frames = Math.min(length - startFrame, blockFrames[Math.min(index, blockFrames.length - 1)] ?? length);
    const block = pointers.map((pointer, channel) => {
      const floats = dsp.floats(pointer, frames);
      floats.set(channels[channel]?.subarray(startFrame, startFrame + frames) ?? []);
      return floats;
    });
    measure.add({ channels: block, pointers, frames, startFrame });
    startFrame += frames;
  }
  return measure.result();
}

function layoutOf(channels: number): readonly ChannelRole[] {
  if (channels === 1) return ['mono'];
  if (channels === 2) return ['left', 'right'];
  throw new Error(`say where ${channels} channels belong`);
}
