import { AppError } from '#kernel/errors.ts';

/** @param what happened, where, and with what; how to go on is added */
export function mediaInvalid(what: string, cause?: unknown): AppError {
  const advice = 'Export the recording again from the original and upload that.';
  return new AppError('MEDIA_INVALID', `${what} ${advice}`, cause === undefined ? {} : { cause });
}

/** Minutes, seconds and thousandths of a frame, for messages. */
export function placeOf(frame: number, sampleRateHz: number): string {
  const seconds = frame / sampleRateHz;
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${(seconds - minutes * 60).toFixed(3).padStart(6, '0')}`;
}

/**
 * @param name of the codec as its users know it
 * @param inside container that holds it
 */
export function needsFfmpeg(name: string, inside: string): AppError {
  return new AppError(
    'UNSUPPORTED_MEDIA_TYPE',
    `The ${inside} file holds ${name}, which is only read with ffmpeg. Install ffmpeg where Esteira runs, or upload ` +
      'the recording as WAV, FLAC, MP3, AAC-LC, Ogg Vorbis or Opus.',
  );
}
