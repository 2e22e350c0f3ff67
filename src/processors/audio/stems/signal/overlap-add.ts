import type { Dsp } from '../../../shared/audio/dsp/dsp.ts';
import type { Fft, Pointer } from '../../../shared/audio/dsp/fft.ts';
import type { StemName } from '../../../shared/models/separation-descriptor.ts';
import type { FrameParts } from './frame-masks.ts';
import type { FrameShape } from './frame-shape.ts';
import type { SpectrumKernels } from './kernels.ts';

/** Blocks of a hop that are put out together. */
const blocksAtOnce = 16;
/** A frame reaches over four. */
const frameBlocks = 4;

/** Frames become sound again: inverse transform, window, sum. */
export class OverlapAdd {
  readonly #dsp: Dsp;
  readonly #kernels: SpectrumKernels;
  readonly #shape: FrameShape;
  readonly #fft: Fft;
  readonly #channels: number;
  readonly #window: Pointer;
  readonly #spectrum: Pointer;
  /** Voice and bass are in the middle; drums have a side. */
  readonly #sums: readonly [vocals: Pointer, drumsMid: Pointer, drumsSide: Pointer, bass: Pointer];
  readonly #length: number;
  readonly #stems: ReadonlyMap<StemName, readonly Float32Array[]>;
  /** Blocks at the beginning of the sums that no later frame reaches. */
  #finished = 0;
  /** The first frame begins three blocks before the recording. */
  #early = frameBlocks - 1;

  constructor(dsp: Dsp, kernels: SpectrumKernels, shape: FrameShape, fft: Fft, window: Float32Array, channels: number) {
    this.#dsp = dsp;
    this.#kernels = kernels;
    this.#shape = shape;
    this.#fft = fft;
    this.#channels = channels;
    this.#window = dsp.allocate(shape.size);
    dsp.floats(this.#window, shape.size).set(window);
    this.#spectrum = dsp.allocate(shape.size);
    this.#length = (blocksAtOnce + frameBlocks) * shape.hop;
    const sum = () => dsp.allocate(this.#length);
    this.#sums = [sum(), sum(), sum(), sum()];
    const stem = () => Array.from({ length: channels }, () => new Float32Array(blocksAtOnce * shape.hop));
    this.#stems = new Map([
      ['vocals', stem()],
      ['drums', stem()],
      ['bass', stem()],
    ]);
  }

  add({ mid, side, vocals, drums, bass }: FrameParts): void {
    const [vocalsSum, midSum, sideSum, bassSum] = this.#sums;
    this.#addPart(mid, vocals, vocalsSum);
    this.#addPart(mid, drums, midSum);
    if (this.#channels === 2) this.#addPart(side, drums, sideSum);
    this.#addPart(mid, bass, bassSum);
    if (this.#early > 0) {
      this.#early--;
      this.#drop(1);
    } else {
      this.#finished++;
    }
  }

  /** @returns how many frames of sound can be taken, and must be before more is added; all that is finished, or many or none */
  ready(all: boolean): number {
    return all || this.#finished === blocksAtOnce ? this.#finished * this.#shape.hop : 0;
  }

  /** Each stem in as many channels as the recording has; overwritten by the next. What is finished and not taken is lost. */
  take(frames: number): ReadonlyMap<StemName, readonly Float32Array[]> {
    const [vocals, drumsMid, drumsSide, bass] = this.#sums.map((sum) => this.#dsp.floats(sum, frames)) as Sums;
    for (const [name, middle] of [
      ['vocals', vocals],
      ['bass', bass],
    ] as const) {
      for (const channel of this.#stems.get(name) ?? []) channel.set(middle);
    }
    const [left, right] = this.#stems.get('drums') as [Float32Array, Float32Array?];
    left.set(drumsMid);
    if (right !== undefined) {
      for (let i = 0; i < frames; i++) {
        left[i] = (drumsMid[i] as number) + (drumsSide[i] as number);
        right[i] = (drumsMid[i] as number) - (drumsSide[i] as number);
      }
    }
    this.#drop(this.#finished);
    this.#finished = 0;
    return new Map(
      [...this.#stems].map(([name, channels]) => [name, channels.map((samples) => samples.subarray(0, frames))]),
    );
  }

  #addPart(spectrum: Pointer, mask: Pointer, sum: Pointer): void {
    const { size, bins, hop } = this.#shape;
    this.#kernels.masks.masked(spectrum, mask, bins, this.#spectrum);
    this.#fft.inverse(this.#spectrum, this.#spectrum);
    // The transform and its inverse multiply by the size, the squares of the windows add up to 2.
    const to = sum + this.#finished * hop * 4;
    this.#kernels.masks.multiplyAdd(this.#spectrum, this.#window, 1 / (2 * size), to, size);
  }

  #drop(blocks: number): void {
    const length = blocks * this.#shape.hop;
    for (const sum of this.#sums)
      this.#dsp
        .floats(sum, this.#length)
        .copyWithin(0, length)
        .fill(0, this.#length - length);
  }
}

type Sums = [Float32Array, Float32Array, Float32Array, Float32Array];
