import type { AudioFormat } from '../../audio-stream.ts';
import { layoutOf } from '../layout.ts';
import { mediaInvalid } from '../media-invalid.ts';
import { requirePlausible } from '../pcm/wav.ts';

export const streamInfoBytes = 34;

/**
 * The block of facts that every FLAC stream begins with.
 *
 * @param bytes 34 of them
 * @see RFC 9639, section 8.2
 */
export function readStreamInfo(bytes: Buffer, container: string): AudioFormat {
  const packed = bytes.readUInt32BE(10);
  const sampleRateHz = packed >>> 12;
  const channels = ((packed >>> 9) & 7) + 1;
  requirePlausible('FLAC', channels, sampleRateHz);
  const bitsPerSample = ((packed >>> 4) & 31) + 1;
  if (bitsPerSample < 4)
    throw mediaInvalid(`The FLAC file claims ${bitsPerSample} bits a sample; there are at least 4.`);
  const frames = (packed & 15) * 2 ** 32 + bytes.readUInt32BE(14);
  return {
    container,
    codec: 'FLAC',
    sampleRateHz,
    layout: layoutOf(channels),
    bitsPerSample,
    ...(frames > 0 && { frames }),
  };
}
