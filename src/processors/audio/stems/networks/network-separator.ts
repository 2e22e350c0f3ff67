import type { AudioBlock } from '../../../shared/audio/audio-stream.ts';
import type { StemName } from '../../../shared/models/separation-descriptor.ts';
import type { Separated, Separator } from '../separator.ts';
import { FrameQueue } from './frame-queue.ts';
import { Resampler } from './resampler.ts';
import { SegmentBlender } from './segment-blender.ts';
import type { Samples, SegmentNetwork } from './segment-network.ts';

const outputFrames = 16_384;

export interface NetworkSeparatorOptions {
  readonly overlap: number;
  readonly sampleRateHz: number;
  readonly channels: 1 | 2;
  /** What is needed of the network's stems. */
  readonly estimates: readonly StemName[];
}

/**
 * Separation by a network that looks at segments of stereo music at its own sample rate. One channel is given to it twice.
 * Above half that rate nothing is estimated: it stays in the rest.
 */
export class NetworkSeparator implements Separator {
  readonly estimates: readonly StemName[];
  readonly #channels: number;
  readonly #blender: SegmentBlender;
  readonly #places: readonly number[];
  readonly #toNetwork: Resampler;
  readonly #fromNetwork: readonly Resampler[];
  readonly #recording: FrameQueue;
  readonly #stems: readonly FrameQueue[];

  constructor(network: SegmentNetwork, { overlap, sampleRateHz, channels, estimates }: NetworkSeparatorOptions) {
    this.estimates = estimates;
    this.#channels = channels;
    this.#blender = new SegmentBlender(network, overlap);
    this.#places = estimates.map((name) => network.stems.indexOf(name));
    this.#toNetwork = new Resampler(sampleRateHz, network.sampleRateHz, channels);
    this.#fromNetwork = estimates.map(() => new Resampler(network.sampleRateHz, sampleRateHz, channels));
    this.#recording = new FrameQueue(channels);
    this.#stems = estimates.map(() => new FrameQueue(channels));
  }

  async *add(block: AudioBlock): AsyncGenerator<Separated> {
    this.#recording.add(block.channels.map((samples) => samples.slice(0, block.frames)));
    yield* this.#blend(this.#blender.add(this.#asStereo(this.#toNetwork.add(block.channels, block.frames))));
  }

  async *end(): AsyncGenerator<Separated> {
    yield* this.#blend(this.#blender.add(this.#asStereo(this.#toNetwork.end())));
    yield* this.#blend(this.#blender.end());
    this.#stems.forEach((queue, i) => {
      queue.add(this.#fromNetwork[i]?.end() ?? []);
      // Rounding of two sample rates: a frame may be missing.
      const missing = this.#recording.frames - queue.frames;
      if (missing > 0) queue.add(Array.from({ length: this.#channels }, () => new Float32Array(missing)));
    });
    yield* this.#take();
  }

  async *#blend(parts: AsyncIterable<readonly Samples[]>): AsyncGenerator<Separated> {
    for await (const part of parts) {
      this.#places.forEach((place, i) => {
        const samples = this.#asRecorded(part[place] as Samples);
        this.#stems[i]?.add(this.#fromNetwork[i]?.add(samples, samples[0]?.length ?? 0) ?? []);
      });
      yield* this.#take();
    }
  }

  *#take(): Generator<Separated> {
    for (;;) {
      const frames = Math.min(outputFrames, this.#recording.frames, ...this.#stems.map((queue) => queue.frames));
      if (frames === 0) return;
      const channels = this.#recording.take(frames);
      const taken = this.#stems.map((queue) => queue.take(frames));
      yield { frames, channels, stems: new Map(this.estimates.map((name, i) => [name, taken[i] ?? []])) };
    }
  }

  #asStereo([left, right = left]: Float32Array[]): Samples {
    if (left === undefined || right === undefined) throw new Error('there are no channels');
    return [left, right];
  }

  #asRecorded([left, right]: Samples): Float32Array[] {
    return this.#channels === 2 ? [left, right] : [left.map((value, i) => (value + (right[i] as number)) / 2)];
  }
}
