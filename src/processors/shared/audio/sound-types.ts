import type { MediaInfo } from '#processors/contract.ts';

/** What the processors of sound read, by themselves or through `audio.decode`. */
export const soundTypes = [
  'audio/wav',
  'audio/aiff',
  'audio/flac',
  'audio/mpeg',
  'audio/mp4',
  'audio/aac',
  'audio/ogg',
] as const;

/** Where no header tells the duration: bytes a second of what is packed most densely. */
const densestBytesPerSecond = 4_000;

/** Seconds of all inputs together; an upper bound where a file does not say. */
export function recordingSeconds(inputs: readonly MediaInfo[]): number {
  return inputs.reduce(
    (sum, { durationSeconds, sizeBytes }) => sum + (durationSeconds ?? sizeBytes / densestBytesPerSecond),
    0,
  );
}
