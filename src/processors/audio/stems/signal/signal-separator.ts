import type { AudioBlock } from '../../../shared/audio/audio-stream.ts';
import { createDsp, type Dsp } from '../../../shared/audio/dsp/dsp.ts';
import { hann } from '../../../shared/audio/dsp/windows.ts';
import type { Separated, Separator } from '../separator.ts';
import { FrameMasks } from './frame-masks.ts';
import { type FrameShape, frameShape } from './frame-shape.ts';
import { SpectrumKernels } from './kernels.ts';
import { OverlapAdd } from './overlap-add.ts';
import { SimilarFrames } from './similar-frames.ts';

/** How much music is looked through for what repeats: half of it before a moment, half behind it. */
const contextSeconds = 60;

/**
 * Vocals, drums and bass by classical signal processing; all else is the rest.
 *
 * - What repeats is accompaniment: every frame is held against the median of the frames most like it (REPET-SIM: Rafii and
 *   Pardo, "Music/Voice Separation using the Similarity Matrix", ISMIR 2012).
 * - What is alike in frequency is struck, what is alike in time is held (median filtering: FitzGerald, "Harmonic/Percussive
 *   Separation using Median Filtering", DAFx 2010). Below 250 Hz, where a bass drum has a pitch, time alone decides.
 * - Voices and basses stand in the middle: what left and right do not share is not theirs. One channel is all middle.
 *
 * Masks are soft, and lie on the spectra of middle and side, phases included.
 */
export async function openSignalSeparator(sampleRateHz: number, channels: 1 | 2): Promise<Separator> {
  const dsp = await createDsp();
  return new SignalSeparator(dsp, await SpectrumKernels.open(dsp), sampleRateHz, channels);
}

class SignalSeparator implements Separator {
  readonly estimates = ['vocals', 'drums', 'bass'] as const;
  readonly #shape: FrameShape;
  readonly #window: Float32Array;
  readonly #capacity: number;
  readonly #frames: FrameMasks;
  readonly #output: OverlapAdd;
  /** The recording itself, in blocks of a hop, as long as frames need it. */
  readonly #recording: readonly Float32Array[];
  #received = 0;
  #emitted = 0;
  /** Frames whose spectra were seen, and those that were taken apart. */
  #seen = 0;
  #done = 0;

  constructor(dsp: Dsp, kernels: SpectrumKernels, sampleRateHz: number, channels: 1 | 2) {
    const shape = frameShape(sampleRateHz);
    this.#shape = shape;
    this.#window = hann(shape.size).map(Math.sqrt);
    // Whole pairs: two frames share their similar ones.
    this.#capacity = 2 * Math.ceil((contextSeconds * sampleRateHz) / shape.hop / 2);
    const similar = new SimilarFrames(dsp, kernels, shape, this.#capacity);
    this.#recording = Array.from({ length: channels }, () => new Float32Array((this.#capacity + 8) * shape.hop));
    this.#frames = new FrameMasks(dsp, kernels, shape, similar, this.#capacity, (...frame) => this.#read(...frame));
    this.#output = new OverlapAdd(dsp, kernels, shape, this.#frames.fft, this.#window, channels);
  }

  *add({ channels, frames }: AudioBlock): Generator<Separated> {
    const size = this.#recording[0]?.length ?? 0;
    for (let from = 0; from < frames; ) {
      const inBlock = this.#received % this.#shape.hop;
      const count = Math.min(frames - from, this.#shape.hop - inBlock);
      const at = this.#received % size;
      this.#recording.forEach((samples, channel) => {
        samples.set((channels[channel] as Float32Array).subarray(from, from + count), at);
      });
      this.#received += count;
      from += count;
      if (this.#received % this.#shape.hop === 0) yield* this.#see();
    }
  }

  *end(): Generator<Separated> {
    const total = this.#received;
    // A frame ends three blocks after the first that it covers; masks are smoothed with one frame more; pairs are whole.
    const blocks = Math.ceil(total / this.#shape.hop) + 4;
    const silence = new Float32Array((blocks + (blocks % 2)) * this.#shape.hop - total);
    yield* this.add({ channels: this.#recording.map(() => silence), frames: silence.length });
    this.#received = total;
    while (this.#done < this.#seen) yield* this.#takeApart(total);
    yield* this.#emit(total, true);
  }

  *#see(): Generator<Separated> {
    this.#frames.see(this.#seen++);
    if (this.#seen % 2 !== 0) return;
    while (this.#seen >= this.#capacity && this.#done < this.#seen - this.#capacity / 2) {
      yield* this.#takeApart(Number.POSITIVE_INFINITY);
    }
  }

  *#takeApart(total: number): Generator<Separated> {
    const oldest = Math.max(0, this.#seen - this.#capacity);
    this.#frames.judgePair(this.#done, oldest, this.#seen);
    for (const frame of [this.#done, this.#done + 1]) {
      // One behind: its mask is smoothed with that of the next.
      if (frame > 0) this.#output.add(this.#frames.partsOf(frame - 1));
      yield* this.#emit(total, false);
    }
    this.#done += 2;
  }

  *#emit(total: number, all: boolean): Generator<Separated> {
    while (this.#emitted < total) {
      const frames = Math.min(this.#output.ready(all), total - this.#emitted);
      if (frames === 0) return;
      yield { frames, channels: this.#original(frames), stems: this.#output.take(frames) };
      this.#emitted += frames;
    }
  }

  /** A frame's samples times its window, middle and side. */
  #read(frame: number, mid: Float32Array, side: Float32Array): void {
    const [left, right = left] = this.#recording as [Float32Array, Float32Array?];
    const window = this.#window;
    const { hop } = this.#shape;
    for (let part = 0; part < 4; part++) {
      const block = frame - 3 + part;
      const to = part * hop;
      if (block < 0) {
        mid.fill(0, to, to + hop);
        side.fill(0, to, to + hop);
        continue;
      }
      const from = (block * hop) % left.length;
      for (let i = 0; i < hop; i++) {
        const l = left[from + i] as number;
        const r = right[from + i] as number;
        const half = 0.5 * (window[to + i] as number);
        mid[to + i] = (l + r) * half;
        side[to + i] = (l - r) * half;
      }
    }
  }

  #original(frames: number): Float32Array[] {
    const size = this.#recording[0]?.length ?? 0;
    const from = this.#emitted % size;
    return this.#recording.map((samples) => {
      const head = samples.subarray(from, from + frames);
      if (head.length === frames) return head;
      const out = new Float32Array(frames);
      out.set(head);
      out.set(samples.subarray(0, frames - head.length), head.length);
      return out;
    });
  }
}
