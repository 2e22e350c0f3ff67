import type { AudioBlock, AudioFormat } from './audio-stream.ts';
import type { Dsp } from './dsp/dsp.ts';
import type { Pointer } from './dsp/fft.ts';

/** Samples where kernels can reach them. */
export interface MeasureBlock extends AudioBlock {
  /** The same samples in the memory of the setup's `dsp`, one pointer for each channel. Not to be written to. */
  readonly pointers: readonly Pointer[];
  /** Index of the first frame in the recording. */
  readonly startFrame: number;
}

/**
 * Something that is found out about a recording in one pass. Blocks come in order and have any length; what is kept of
 * them is bounded, or small against the recording (some bytes for a tenth of a second).
 */
export interface Measure<Result> {
  add(block: MeasureBlock): void;
  /** Called once, after the last block. */
  result(): Result;
}

export interface MeasureSetup {
  readonly dsp: Dsp;
  readonly format: AudioFormat;
}

/** Series are measured at this step, from frame `round(i · seriesStepSeconds · sampleRateHz)` to the next. */
export const seriesStepSeconds = 0.1;
