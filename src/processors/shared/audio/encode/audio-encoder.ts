import type { AudioEncoder, AudioFileFormat, EncoderOptions } from './encoder.ts';
import { openFlac } from './flac-encoder.ts';
import { openMp3 } from './mp3-encoder.ts';
import { openWav } from './wav-encoder.ts';

/** @throws AppError INVALID_PARAMETERS when the format cannot hold such a recording */
export async function openEncoder(format: AudioFileFormat, options: EncoderOptions): Promise<AudioEncoder> {
  return await { wav: openWav, flac: openFlac, mp3: openMp3 }[format](options);
}
