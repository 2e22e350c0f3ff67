/** Where a channel's loudspeaker stands; decides its weight in loudness. */
export type ChannelRole =
  | 'mono'
  | 'left'
  | 'right'
  | 'centre'
  | 'lfe'
  | 'left-surround'
  | 'right-surround'
  | 'left-back'
  | 'right-back'
  | 'other';

/** What is known of a recording once its header has been read. */
export interface AudioFormat {
  /** `wav`, `aiff`, `flac`, `mp3`, `m4a`, `adts`, `ogg`. */
  readonly container: string;
  /** `PCM`, `PCM float`, `A-law`, `FLAC`, `MP3`, `AAC`, `Vorbis`, `Opus`. */
  readonly codec: string;
  readonly sampleRateHz: number;
  /** One role for each channel, in the order of the blocks' channels. */
  readonly layout: readonly ChannelRole[];
  /** Of the file's samples; absent where the codec loses some anyway. */
  readonly bitsPerSample?: number;
  /** As the header promises, without encoder delay and padding; absent where no header does. */
  readonly frames?: number;
}

/**
 * Some consecutive frames, planar. The arrays belong to the reader and are overwritten by the next block: whoever keeps
 * samples copies them.
 */
export interface AudioBlock {
  /** One array for each channel, all of the same length; full scale is −1 … 1, more where the file has more. */
  readonly channels: readonly Float32Array[];
  readonly frames: number;
}

/** A recording that is decoded as it is read: memory does not grow with its duration. */
export interface AudioStream extends AsyncDisposable {
  readonly format: AudioFormat;
  /**
   * All frames once, from the first, in blocks of 1 … `maxBlockFrames`.
   *
   * @throws AppError MEDIA_INVALID when the file is damaged, cut off, or does not hold what its header promises
   */
  blocks(): AsyncIterable<AudioBlock>;
}

export const maxBlockFrames = 16_384;
