import { createFeed } from '#processors/audio/analysis/feed.ts';
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
  const bits = bitsPerSample === undefined ? {} : { bitsPerSample };
  const setup: MeasureSetup = {
    dsp: await createDsp(),
    format: { container: 'wav', codec, sampleRateHz, layout, ...bits },
  };
  const measure = await create(setup);
  const lengths = blockFrames.values();
  const last = blockFrames.at(-1) ?? maxBlockFrames;
  feedSamples(setup, [measure], channels, () => lengths.next().value ?? last);
  return measure.result();
}

/**
 * Hands planar samples to measures as a reader would.
 *
 * @param nextFrames how many frames come next, 1 … `maxBlockFrames`
 */
export function feedSamples(
  { dsp, format }: MeasureSetup,
  measures: readonly Pick<Measure<unknown>, 'add'>[],
  channels: readonly Float32Array[],
  nextFrames: () => number = () => maxBlockFrames,
): void {
  const feed = createFeed(dsp, format, measures);
  const length = channels[0]?.length ?? 0;
  for (let start = 0; start < length; ) {
    const frames = Math.min(nextFrames(), length - start);
    if (frames > maxBlockFrames) throw new RangeError(`no reader gives ${frames} frames at once`);
    feed({ channels: channels.map((samples) => samples.subarray(start, start + frames)), frames });
    start += frames;
  }
}

function layoutOf(channels: number): readonly ChannelRole[] {
  if (channels === 1) return ['mono'];
  if (channels === 2) return ['left', 'right'];
  throw new Error(`say where ${channels} channels belong`);
}
