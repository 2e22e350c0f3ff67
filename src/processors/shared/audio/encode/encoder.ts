import type { AudioBlock } from '../audio-stream.ts';

/**
 * A file of sound that is written as it comes: memory does not grow with its duration. Dropped before `close`, it lets
 * go of what it holds and leaves half a file.
 */
export interface AudioEncoder extends AsyncDisposable {
  write(block: AudioBlock): Promise<void>;
  /** Writes what is still held back and what only the end knows. Once, after the last block. */
  close(): Promise<Written>;
}

/** What became of a recording. */
export interface Written {
  readonly frames: number;
  /** How many samples were above full scale and were cut off there; 0 where the file can hold them. */
  readonly clippedSamples: number;
}

export interface EncoderOptions {
  /** Is created, or emptied. */
  readonly path: string;
  readonly sampleRateHz: number;
  /** MP3 has one or two, WAV and FLAC up to eight. */
  readonly channels: number;
  /** WAV: 16, 24 or 32 (floating point, the default); FLAC: 16 or 24 (the default). 16 bits are dithered. */
  readonly bitsPerSample?: 16 | 24 | 32;
  /** MP3 alone; the default fits the sample rate: 192 for stereo at 44.1 and 48 kHz. */
  readonly bitrateKbps?: number;
}

export const audioFileFormats = ['wav', 'flac', 'mp3'] as const;
export type AudioFileFormat = (typeof audioFileFormats)[number];

export const audioMediaTypes: Readonly<Record<AudioFileFormat, string>> = {
  wav: 'audio/wav',
  flac: 'audio/flac',
  mp3: 'audio/mpeg',
};
