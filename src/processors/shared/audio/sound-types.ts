import type { MediaInfo } from '../../contract.ts';

/**
 * What only ffmpeg reads, as sniffed from content, and the demuxer that each is forced into. Names of types say what is
 * inside where our own decoders read one kind of a container and not the other.
 */
export const ffmpegDemuxers = {
  /** MP4 or QuickTime with sound that is not plain AAC (ALAC, HE-AAC, AC-3 …), or in fragments, as browsers record. */
  'audio/x-m4a': 'mov',
  /** ADTS whose AAC is, or may be, HE-AAC: nothing but decoding tells. */
  'audio/aacp': 'aac',
  /** Ogg with several recordings behind each other, Speex, or Opus whose channels have no place. */
  'audio/x-ogg': 'ogg',
  'audio/webm': 'matroska',
  'audio/matroska': 'matroska',
  'audio/x-caf': 'caf',
} as const;

export type FfmpegType = keyof typeof ffmpegDemuxers;

/** What the processors of sound read, by themselves or through `audio.decode`. */
export const soundTypes = [
  'audio/wav',
  'audio/aiff',
  'audio/flac',
  'audio/mpeg',
  'audio/mp4',
  'audio/aac',
  'audio/ogg',
  'audio/x-m4a',
  'audio/aacp',
  'audio/x-ogg',
  'audio/webm',
  'audio/matroska',
  'audio/x-caf',
] as const;

export function isFfmpegType(mediaType: string): mediaType is FfmpegType {
  return Object.hasOwn(ffmpegDemuxers, mediaType);
}

/** Where no header tells the duration: bytes a second of what is packed most densely. */
const densestBytesPerSecond = 4_000;

/** Seconds of all inputs together; an upper bound where a file does not say. */
export function recordingSeconds(inputs: readonly MediaInfo[]): number {
  return inputs.reduce(
    (sum, { durationSeconds, sizeBytes }) => sum + (durationSeconds ?? sizeBytes / densestBytesPerSecond),
    0,
  );
}
