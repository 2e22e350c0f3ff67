import type { ByteSource } from '../byte-source.ts';
import type { Decoder } from '../decoder.ts';
import { layoutOf } from '../layout.ts';
import { mediaInvalid, needsFfmpeg } from '../media-invalid.ts';
import { bytesPerSample, createPcmDecoder, type SampleEncoding } from './pcm-decoder.ts';
import { requirePlausible } from './wav.ts';

interface CommonChunk {
  readonly channels: number;
  readonly frames: number;
  readonly bitsPerSample: number;
  readonly sampleRateHz: number;
  readonly encoding: SampleEncoding;
  readonly codec: string;
  readonly bigEndian: boolean;
}

const maxChunks = 4_096;

/**
 * AIFF and AIFF-C, uncompressed.
 *
 * @see Apple, Audio Interchange File Format, version 1.3; AIFF-C draft of 1991
 */
export async function openAiff(source: ByteSource): Promise<Decoder> {
  const head = source.bytes(0, 12);
  const form = head?.toString('latin1', 8, 12);
  if (head?.toString('latin1', 0, 4) !== 'FORM' || (form !== 'AIFF' && form !== 'AIFC')) {
    throw mediaInvalid('The file is not an AIFF file: it does not begin as one.');
  }
  let common: CommonChunk | undefined;
  let sound: { readonly position: number; readonly sizeBytes: number } | undefined;
  let position = 12;
  for (let count = 0; count < maxChunks && (common === undefined || sound === undefined); count += 1) {
    const header = source.bytes(position, 8);
    if (header === undefined) break;
    const name = header.toString('latin1', 0, 4);
    const size = header.readUInt32BE(4);
    position += 8;
    if (name === 'COMM') common = readCommon(source, position, size);
    if (name === 'SSND') sound = readSound(source, position, size);
    position += size + (size % 2);
  }
  if (common === undefined) throw mediaInvalid('The AIFF file is damaged: nothing says how its samples are stored.');
  if (sound === undefined || common.frames === 0) throw mediaInvalid('The AIFF file holds no sound.');
  return openSound(source, common, sound);
}

function readCommon(source: ByteSource, position: number, size: number): CommonChunk {
  const bytes = source.bytes(position, Math.min(size, 22));
  if (bytes === undefined || bytes.length < 18) throw mediaInvalid('The AIFF file is cut off in its header.');
  const channels = bytes.readUInt16BE(0);
  const sampleRateHz = Math.round(extended(bytes.subarray(8, 18)));
  requirePlausible('AIFF', channels, sampleRateHz);
  const bits = bytes.readUInt16BE(6);
  const compression = bytes.length >= 22 ? bytes.toString('latin1', 18, 22) : 'NONE';
  const rest = encodingOf(compression, bits);
  return { channels, frames: bytes.readUInt32BE(2), bitsPerSample: bits, sampleRateHz, ...rest };
}

function encodingOf(compression: string, bits: number): Pick<CommonChunk, 'encoding' | 'codec' | 'bigEndian'> {
  switch (compression) {
    case 'NONE':
    case 'twos':
    case 'in24':
    case 'in32':
    case 'sowt': {
      const encoding = (['signed8', 'signed16', 'signed24', 'signed32'] as const)[Math.ceil(bits / 8) - 1];
      if (encoding === undefined)
        throw mediaInvalid(`The AIFF file claims ${bits} bits a sample; 1 to 32 can be read.`);
      return { encoding, codec: 'PCM', bigEndian: compression !== 'sowt' };
    }
    case 'raw ':
      return { encoding: 'unsigned8', codec: 'PCM', bigEndian: false };
    case 'fl32':
    case 'FL32':
      return { encoding: 'float32', codec: 'PCM float', bigEndian: true };
    case 'fl64':
    case 'FL64':
      return { encoding: 'float64', codec: 'PCM float', bigEndian: true };
    case 'alaw':
    case 'ALAW':
      return { encoding: 'A-law', codec: 'A-law', bigEndian: false };
    case 'ulaw':
    case 'ULAW':
      return { encoding: 'mu-law', codec: 'mu-law', bigEndian: false };
    default:
      throw needsFfmpeg(`the codec ${JSON.stringify(compression)}`, 'AIFF');
  }
}

function readSound(source: ByteSource, position: number, size: number) {
  const offsets = source.bytes(position, 8);
  if (offsets === undefined || size < 8) throw mediaInvalid('The AIFF file is cut off where its sound begins.');
  const skipped = 8 + offsets.readUInt32BE(0);
  return { position: position + skipped, sizeBytes: size - skipped };
}

function openSound(
  source: ByteSource,
  common: CommonChunk,
  sound: { readonly position: number; readonly sizeBytes: number },
): Promise<Decoder> {
  const { channels, frames, codec, encoding, sampleRateHz, bigEndian } = common;
  const soundBytes = frames * channels * bytesPerSample[encoding];
  const available = Math.min(sound.sizeBytes, source.sizeBytes - sound.position);
  if (soundBytes > available) {
    throw mediaInvalid(
      `The AIFF file is cut off: its header promises ${soundBytes} bytes of sound, there are ${Math.max(0, available)}.`,
    );
  }
  const bits = codec === 'PCM' ? common.bitsPerSample : bytesPerSample[encoding] * 8;
  return createPcmDecoder(source, {
    format: { container: 'aiff', codec, sampleRateHz, layout: layoutOf(channels), bitsPerSample: bits, frames },
    encoding,
    bigEndian,
    position: sound.position,
  });
}

/** An 80-bit float of IEEE 754, as rates are stored. */
function extended(bytes: Buffer): number {
  const sign = bytes.readUInt16BE(0) & 0x8000 ? -1 : 1;
  const exponent = (bytes.readUInt16BE(0) & 0x7fff) - 16_383;
  return sign * (bytes.readUInt32BE(2) * 2 ** (exponent - 31) + bytes.readUInt32BE(6) * 2 ** (exponent - 63));
}
