import type { AudioBlock, AudioFormat } from '../audio-stream.ts';

/** One way of reading recordings; `openAudio` cuts its pieces into blocks. */
export interface Decoder {
  readonly format: AudioFormat;
  /**
   * How far what is decoded may fall short of `format.frames` before the file counts as cut off; 0 where the header is
   * exact.
   */
  readonly tolerance: number;
  /** Whether samples can come out as anything but numbers: a damaged stream of a codec that computes with floats. */
  readonly mayOverflow?: true;
  /** All samples once, in pieces of any length. The arrays may be overwritten by the next piece. */
  pieces(): Iterable<AudioBlock> | AsyncIterable<AudioBlock>;
  /** Frees what the decoder holds, but not the file. */
  close?(): void;
}

/** Of codecs that lose some: encoders count their own frames differently. */
export const lossyTolerance = 0.01;

export const maxChannels = 8;
export const maxSampleRateHz = 384_000;
