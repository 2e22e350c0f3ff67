import type { Dsp } from '../../../shared/audio/dsp/dsp.ts';
import type { Fft, Pointer } from '../../../shared/audio/dsp/fft.ts';
import { type FrameShape, rowMargin } from './frame-shape.ts';
import { RowRing, type SpectrumKernels } from './kernels.ts';
import type { SimilarFrames } from './similar-frames.ts';

/** Frames on either side of one that its steady part is looked for in: 0.4 s in all. */
const steadyReach = 16;
/** Bins on either side of one: 670 Hz in all. */
const broadReach = 15;
/** Frames on either side over which the middle is told from the side. */
const sideReach = 2;
/** Spectra that are kept at once. */
const recent = 8;

/** What the parts of a frame are, as masks of its bins. */
export interface FrameParts {
  readonly mid: Pointer;
  readonly side: Pointer;
  readonly vocals: Pointer;
  readonly drums: Pointer;
  readonly bass: Pointer;
}

type Pair = readonly [mid: Pointer, side: Pointer];
type ReadFrame = (frame: number, mid: Float32Array, side: Float32Array) => void;

/** The spectra of a recording's frames, and what of each bin belongs to voice, drums and bass. */
export class FrameMasks {
  readonly fft: Fft;
  readonly #dsp: Dsp;
  readonly #kernels: SpectrumKernels;
  readonly #shape: FrameShape;
  readonly #similar: SimilarFrames;
  readonly #read: ReadFrame;
  readonly #ahead: Pair;
  readonly #spectra: readonly Pair[];
  /** Of middle and side together, as far as the context reaches. */
  readonly #powers: RowRing;
  readonly #midPowers: RowRing;
  readonly #sidePowers: RowRing;
  readonly #voice: RowRing;
  readonly #drums: RowRing;
  readonly #bass: RowRing;
  readonly #work: RowRing;
  readonly #voiceMask: Pointer;
  readonly #reach: Pointer;
  #transformed = 0;

  /**
   * @param capacity frames that are remembered, an even number
   * @param read gives a frame's samples times its window
   */
  constructor(
    dsp: Dsp,
    kernels: SpectrumKernels,
    shape: FrameShape,
    similar: SimilarFrames,
    capacity: number,
    read: ReadFrame,
  ) {
    this.#dsp = dsp;
    this.#kernels = kernels;
    this.#shape = shape;
    this.#similar = similar;
    this.#read = read;
    this.fft = dsp.fft(shape.size);
    const pair = (): Pair => [dsp.allocate(shape.size), dsp.allocate(shape.size)];
    this.#ahead = pair();
    this.#spectra = Array.from({ length: recent }, pair);
    this.#powers = new RowRing(dsp, shape, capacity);
    this.#midPowers = new RowRing(dsp, shape, recent);
    this.#sidePowers = new RowRing(dsp, shape, recent);
    this.#voice = new RowRing(dsp, shape, 4);
    this.#drums = new RowRing(dsp, shape, 4);
    this.#bass = new RowRing(dsp, shape, 4);
    this.#work = new RowRing(dsp, shape, 6);
    this.#voiceMask = dsp.allocate(shape.bins);
    this.#reach = dsp.allocate(3 * shape.bins);
    dsp.floats(this.#reach, 3 * shape.bins).set(reachOfParts(shape));
  }

  /** Takes the next frame into the context. In order, from 0. */
  see(frame: number): void {
    const { bins } = this.#shape;
    const row = this.#powers.at(frame);
    this.#transform(frame, this.#ahead);
    this.#addPowers(this.#ahead, row);
    mirror(this.#dsp.floats(row - rowMargin * 4, bins + 2 * rowMargin));
    if (frame % 2 === 0) return;
    const powers = (at: number) => this.#dsp.floats(this.#powers.at(at), bins);
    this.#similar.remember((frame - 1) / 2, powers(frame - 1), powers(frame));
  }

  /**
   * Judges a frame and the one behind it. In order.
   *
   * @param first even
   * @param oldest, @param seen what the context holds: frames from the one until the other
   */
  judgePair(first: number, oldest: number, seen: number): void {
    const { bins } = this.#shape;
    const similar = this.#similar.find(first / 2, oldest / 2, seen / 2);
    for (const frame of [first, first + 1]) {
      const [repeated, steady, broad, middle, side] = [0, 1, 2, 3, 4].map((row) => this.#work.at(row)) as Rows;
      const alike = similar.map((pair) => this.#powers.at(2 * pair + (frame - first)));
      this.#kernels.median(alike, bins, repeated);
      const from = Math.max(oldest, frame - steadyReach);
      const until = Math.min(seen, frame + steadyReach + 1);
      this.#kernels.median(rowsOf(this.#powers, from, until), bins, steady);
      const power = this.#powers.at(frame);
      const shifted = Array.from({ length: 2 * broadReach + 1 }, (_, i) => power + (i - broadReach) * 4);
      this.#kernels.median(shifted, bins, broad);
      this.#transformUntil(frame + sideReach);
      const near = [Math.max(0, frame - sideReach), frame + sideReach + 1] as const;
      this.#kernels.smooth(rowsOf(this.#midPowers, ...near), bins, 1, middle);
      this.#kernels.smooth(rowsOf(this.#sidePowers, ...near), bins, 1, side);
      const masks = [this.#voice.at(frame), this.#drums.at(frame), this.#bass.at(frame)] as const;
      this.#kernels.masks.judge(power, repeated, steady, broad, middle, side, this.#reach, bins, ...masks);
    }
  }

  /** Once each, in order, when the frame behind it has been judged. */
  partsOf(frame: number): FrameParts {
    const { bins } = this.#shape;
    const rows = rowsOf(this.#voice, Math.max(0, frame - 1), frame + 2);
    this.#kernels.smooth(rows, bins, 1 / (3 * rows.length), this.#voiceMask);
    const [drums, bass] = [this.#drums.at(frame), this.#bass.at(frame)];
    this.#kernels.masks.yieldTo(this.#voiceMask, drums, bins);
    this.#kernels.masks.yieldTo(this.#voiceMask, bass, bins);
    const [mid, side] = this.#spectra[frame % recent] as Pair;
    return { mid, side, vocals: this.#voiceMask, drums, bass };
  }

  #transform(frame: number, [mid, side]: Pair): void {
    const { size } = this.#shape;
    this.#read(frame, this.#dsp.floats(mid, size), this.#dsp.floats(side, size));
    this.fft.forward(mid, mid);
    this.fft.forward(side, side);
  }

  #transformUntil(frame: number): void {
    const { bins } = this.#shape;
    for (; this.#transformed <= frame; this.#transformed++) {
      const pair = this.#spectra[this.#transformed % recent] as Pair;
      this.#transform(this.#transformed, pair);
      this.#kernels.spectra.power(pair[0], this.#midPowers.at(this.#transformed), bins);
      this.#kernels.spectra.power(pair[1], this.#sidePowers.at(this.#transformed), bins);
    }
  }

  #addPowers([mid, side]: Pair, out: Pointer): void {
    const { bins } = this.#shape;
    const sidePower = this.#work.at(5);
    this.#kernels.spectra.power(mid, out, bins);
    this.#kernels.spectra.power(side, sidePower, bins);
    this.#kernels.spectra.accumulate(sidePower, out, bins);
  }
}

type Rows = [Pointer, Pointer, Pointer, Pointer, Pointer];

function rowsOf(ring: RowRing, from: number, until: number): Pointer[] {
  return Array.from({ length: until - from }, (_, i) => ring.at(from + i));
}

/** Continues a row beyond its ends, so that medians over frequency do not see silence there. */
function mirror(row: Float32Array): void {
  const last = row.length - rowMargin - 1;
  for (let i = 1; i <= rowMargin; i++) {
    row[rowMargin - i] = row[rowMargin + i] as number;
    row[last + i] = row[last - i] as number;
  }
}

/**
 * Three rows of bins: what voices reach (from 100 Hz), what basses reach (up to 200 Hz), and where drums are told by time
 * alone (up to 200 Hz), each with slopes.
 */
function reachOfParts({ bins, sampleRateHz, size }: FrameShape): Float32Array {
  const rows = new Float32Array(3 * bins);
  for (let bin = 0; bin < bins; bin++) {
    const hz = (bin * sampleRateHz) / size;
    rows[bin] = slope(hz, 70, 130);
    rows[bins + bin] = 1 - slope(hz, 150, 250);
    rows[2 * bins + bin] = 1 - slope(hz, 150, 250);
  }
  return rows;
}

function slope(hz: number, fromHz: number, toHz: number): number {
  return Math.min(Math.max((hz - fromHz) / (toHz - fromHz), 0), 1);
}
