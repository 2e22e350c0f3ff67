import { AppError } from '#kernel/errors.ts';
import type { AcceptedMediaType } from '../media-type.ts';
import type { SoundHeader } from './probe.ts';

const maxChannels = 8;
const [minSampleRateHz, maxSampleRateHz] = [4_000, 384_000];

export interface SoundFacts {
  readonly channels: number;
  readonly sampleRateHz: number;
  /** In `sampleRateHz`, without what the encoder put before and behind. */
  readonly frames: number;
  readonly mediaType?: AcceptedMediaType;
}

/**
 * Holds what a header says of a recording against what there can be.
 *
 * @param format completes "The … file"
 * @throws AppError MEDIA_INVALID when it has no sound, no usable sample rate or too many channels
 */
export function soundHeader(format: string, { channels, sampleRateHz, frames, mediaType }: SoundFacts): SoundHeader {
  if (!(channels >= 1)) throw damagedSound(format, 'its header says that it has no channel');
  if (channels > maxChannels) {
    throw new AppError(
      'MEDIA_INVALID',
      `The ${format} file says that it has ${channels} channels; up to ${maxChannels} are measured. Mix it down, or export ` +
        'its channels as several files.',
    );
  }
  if (!(sampleRateHz >= minSampleRateHz && sampleRateHz <= maxSampleRateHz)) {
    throw damagedSound(format, `its header says ${sampleRateHz} samples a second`);
  }
  if (!(frames >= 1)) throw damagedSound(format, 'it holds no sound');
  return { durationSeconds: frames / sampleRateHz, ...(mediaType !== undefined && { mediaType }) };
}

/** @param what completes "The MP3 file is damaged: …" */
export function damagedSound(format: string, what: string): AppError {
  return new AppError(
    'MEDIA_INVALID',
    `The ${format} file is damaged: ${what}. Open it in an audio editor, export it again and upload that.`,
  );
}

/** A header that promises more than the file holds: it was cut off, written to a pipe, or lies. */
export function cutOff(format: string, promisedSeconds: number, heldSeconds: number): AppError {
  const [promised, held] = [promisedSeconds, heldSeconds].map((seconds) =>
    seconds.toLocaleString('en', { maximumSignificantDigits: 4 }),
  );
  return damagedSound(format, `its header promises ${promised} s of sound, and it holds ${held} s at most`);
}

/** @param name completes "This is …" */
export function unreadSound(name: string): AppError {
  return new AppError(
    'UNSUPPORTED_MEDIA_TYPE',
    `This is ${name}, which is not read here. Export it as WAV (PCM), FLAC or MP3 and upload that.`,
  );
}

/** @param name completes "This is …" */
export function isVideo(name: string): AppError {
  return new AppError(
    'UNSUPPORTED_MEDIA_TYPE',
    `This is ${name}. Recordings are accepted, videos are not: export its sound alone as WAV, M4A or MP3 and upload that.`,
  );
}
