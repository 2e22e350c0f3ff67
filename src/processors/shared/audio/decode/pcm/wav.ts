import type { ByteSource } from '../byte-source.ts';
import type { Decoder } from '../decoder.ts';
import { maxChannels, maxSampleRateHz } from '../decoder.ts';
import { layoutOf } from '../layout.ts';
import { mediaInvalid, needsFfmpeg } from '../media-invalid.ts';
import { bytesPerSample, createPcmDecoder, type SampleEncoding } from './pcm-decoder.ts';

interface WavFormat {
  readonly encoding: SampleEncoding;
  readonly codec: string;
  readonly bitsPerSample: number;
  readonly channels: number;
  readonly sampleRateHz: number;
  readonly channelMask: number | undefined;
}

/** More than any program writes; each costs a read. */
const maxChunks = 4_096;
const unknownSize = 0xffff_ffff;
const extensible = 0xfffe;
/** The last fourteen bytes of a sub-format; what is before them is the format tag. */
const subFormatTail = '000000001000800000aa00389b71';

/**
 * WAV: RIFF, and RF64 and BW64 for more than 4 GiB.
 *
 * @see RIFF WAVE, Microsoft 1994 and 2002 (extensible); EBU Tech 3306; ITU-R BS.2088
 */
export async function openWav(source: ByteSource): Promise<Decoder> {
  const head = source.bytes(0, 12);
  const form = head?.toString('latin1', 0, 4);
  if (
    head === undefined ||
    !['RIFF', 'RF64', 'BW64'].includes(form ?? '') ||
    head.toString('latin1', 8, 12) !== 'WAVE'
  ) {
    throw mediaInvalid('The file is not a WAV file: it does not begin as one.');
  }
  let format: WavFormat | undefined;
  let largeDataBytes: number | undefined;
  let position = 12;
  for (let count = 0; count < maxChunks; count += 1) {
    const header = source.bytes(position, 8);
    if (header === undefined) break;
    const name = header.toString('latin1', 0, 4);
    const size = header.readUInt32LE(4);
    position += 8;
    if (name === 'ds64') largeDataBytes = readDs64(source, position);
    else if (name === 'fmt ') format = readFormat(source, position, size);
    else if (name === 'data') {
      if (format === undefined) throw mediaInvalid('The WAV file is damaged: nothing says how its samples are stored.');
      const isLarge = size === unknownSize && form !== 'RIFF';
      return openData(source, format, position, isLarge ? largeDataBytes : size);
    }
    position += size + (size % 2);
  }
  throw mediaInvalid('The WAV file is damaged or cut off: it has no chunk with samples.');
}

/** The true size of the data chunk, which 32 bits do not hold. */
function readDs64(source: ByteSource, position: number): number {
  const sizes = source.bytes(position, 16);
  if (sizes === undefined) throw mediaInvalid('The WAV file is cut off in its header.');
  return Number(sizes.readBigUInt64LE(8));
}

function readFormat(source: ByteSource, position: number, size: number): WavFormat {
  const bytes = source.bytes(position, Math.min(size, 40));
  if (bytes === undefined || bytes.length < 16) throw mediaInvalid('The WAV file is cut off in its header.');
  let tag = bytes.readUInt16LE(0);
  const channels = bytes.readUInt16LE(2);
  const sampleRateHz = bytes.readUInt32LE(4);
  const blockAlign = bytes.readUInt16LE(12);
  const containerBits = bytes.readUInt16LE(14);
  let validBits = containerBits;
  let channelMask: number | undefined;
  if (tag === extensible) {
    if (bytes.length < 40) throw mediaInvalid('The WAV file is damaged: its extensible header is too short.');
    validBits = bytes.readUInt16LE(18) || containerBits;
    channelMask = bytes.readUInt32LE(20);
    // Ambisonic and other sub-formats have other tails.
    if (bytes.toString('hex', 26, 40) !== subFormatTail) throw needsFfmpeg('an unknown sub-format', 'WAV');
    tag = bytes.readUInt16LE(24);
  }
  requirePlausible('WAV', channels, sampleRateHz);
  const { encoding, codec } = encodingOf(tag, containerBits);
  if (blockAlign !== bytesPerSample[encoding] * channels) {
    throw mediaInvalid(
      `The WAV file is damaged: ${channels} channels of ${containerBits} bits do not make ${blockAlign} bytes a frame.`,
    );
  }
  const bitsPerSample = validBits <= containerBits ? validBits : containerBits;
  return { encoding, codec, bitsPerSample, channels, sampleRateHz, channelMask };
}

/** @throws AppError MEDIA_INVALID */
export function requirePlausible(container: string, channels: number, sampleRateHz: number): void {
  if (channels < 1 || channels > maxChannels) {
    throw mediaInvalid(`The ${container} file claims ${channels} channels; 1 to ${maxChannels} can be read.`);
  }
  if (!(sampleRateHz >= 1 && sampleRateHz <= maxSampleRateHz)) {
    throw mediaInvalid(
      `The ${container} file claims ${sampleRateHz} samples a second; at most ${maxSampleRateHz} can be.`,
    );
  }
}

function encodingOf(tag: number, bits: number): { encoding: SampleEncoding; codec: string } {
  if (tag === 1) {
    const encoding = (['unsigned8', 'signed16', 'signed24', 'signed32'] as const)[Math.ceil(bits / 8) - 1];
    if (encoding === undefined) throw mediaInvalid(`The WAV file claims ${bits} bits a sample; 1 to 32 can be read.`);
    return { encoding, codec: 'PCM' };
  }
  if (tag === 3) {
    if (bits !== 32 && bits !== 64) throw mediaInvalid(`The WAV file claims floats of ${bits} bits; there are none.`);
    return { encoding: bits === 32 ? 'float32' : 'float64', codec: 'PCM float' };
  }
  if (tag === 6 && bits === 8) return { encoding: 'A-law', codec: 'A-law' };
  if (tag === 7 && bits === 8) return { encoding: 'mu-law', codec: 'mu-law' };
  throw needsFfmpeg(`the codec 0x${tag.toString(16).padStart(4, '0')}`, 'WAV');
}

function openData(
  source: ByteSource,
  wav: WavFormat,
  position: number,
  dataBytes: number | undefined,
): Promise<Decoder> {
  const frameBytes = bytesPerSample[wav.encoding] * wav.channels;
  const available = source.sizeBytes - position;
  if (dataBytes === undefined || dataBytes > available) {
    throw mediaInvalid(
      `The WAV file is cut off, or was never finished: its header promises ${dataBytes ?? 'an unknown number of'} bytes of ` +
        `sound, the file has ${available}.`,
    );
  }
  if (dataBytes < frameBytes) throw mediaInvalid('The WAV file holds no sound: its header promises no samples.');
  return createPcmDecoder(source, {
    format: {
      container: 'wav',
      codec: wav.codec,
      sampleRateHz: wav.sampleRateHz,
      layout: layoutOf(wav.channels, wav.channelMask),
      bitsPerSample: wav.bitsPerSample,
      frames: Math.floor(dataBytes / frameBytes),
    },
    encoding: wav.encoding,
    bigEndian: false,
    position,
  });
}
