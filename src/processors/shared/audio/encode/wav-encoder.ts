import { open } from 'node:fs/promises';
import type { AudioBlock } from '../audio-stream.ts';
import type { AudioEncoder, EncoderOptions } from './encoder.ts';
import { Quantiser } from './quantise.ts';
import { refuse } from './refuse.ts';

/** Sizes in the header of WAV have 32 bits. */
const largestSize = 2 ** 32 - 1;
const headerBytes = 12 + 36 + 26 + 12 + 8;

/**
 * WAV of whole numbers or of floats. A file that outgrows WAV becomes RF64, for which room is kept in its header.
 *
 * @param rf64Above bytes of the file from which it is RF64
 * @see EBU Tech 3306, RF64
 */
export async function openWav(options: EncoderOptions, rf64Above = largestSize): Promise<AudioEncoder> {
  const { path, sampleRateHz, channels, bitsPerSample = 32 } = options;
  if (channels < 1 || channels > 8) throw refuse('WAV', `${channels} channels`, 'choose fewer');
  const quantiser = bitsPerSample === 32 ? undefined : new Quantiser(bitsPerSample);
  const file = await open(path, 'w');
  const frameBytes = channels * (bitsPerSample / 8);
  let frames = 0;
  let closed = false;
  await file.write(new Uint8Array(headerBytes));
  return {
    async write(block) {
      await file.write(quantiser === undefined ? floats(block) : packed(quantiser.quantise(block), bitsPerSample));
      frames += block.frames;
    },
    async close() {
      const dataBytes = frames * frameBytes;
      if (dataBytes % 2 === 1) await file.write(new Uint8Array(1));
      await file.write(
        header({ sampleRateHz, channels, bitsPerSample, frames, dataBytes, rf64Above }),
        0,
        headerBytes,
        0,
      );
      closed = true;
      await file.close();
      return { frames, clippedSamples: quantiser?.clippedSamples ?? 0 };
    },
    async [Symbol.asyncDispose]() {
      if (!closed) await file.close();
    },
  };
}

function floats({ channels, frames }: AudioBlock): Uint8Array {
  const count = channels.length;
  const out = new Float32Array(frames * count);
  channels.forEach((samples, channel) => {
    for (let frame = 0, at = channel; frame < frames; frame++, at += count) out[at] = samples[frame] as number;
  });
  return new Uint8Array(out.buffer);
}

/** Little-endian, like the machines that run Node.js. */
function packed(numbers: Int32Array, bits: number): Uint8Array {
  if (bits === 16) return new Uint8Array(Int16Array.from(numbers).buffer);
  const bytes = new Uint8Array(numbers.length * 3);
  for (let i = 0, at = 0; i < numbers.length; i++) {
    const value = numbers[i] as number;
    bytes[at++] = value;
    bytes[at++] = value >> 8;
    bytes[at++] = value >> 16;
  }
  return bytes;
}

interface Facts {
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly bitsPerSample: number;
  readonly frames: number;
  readonly dataBytes: number;
  readonly rf64Above: number;
}

function header({ sampleRateHz, channels, bitsPerSample, frames, dataBytes, rf64Above }: Facts): Buffer {
  const bytes = Buffer.alloc(headerBytes);
  const riffBytes = headerBytes - 8 + dataBytes + (dataBytes % 2);
  const large = riffBytes > rf64Above;
  const frameBytes = channels * (bitsPerSample / 8);
  const size = (value: number): number => (large ? largestSize : value);
  let at = bytes.write(large ? 'RF64' : 'RIFF', 0);
  at = bytes.writeUInt32LE(size(riffBytes), at);
  at += bytes.write('WAVE', at);
  at += bytes.write(large ? 'ds64' : 'JUNK', at);
  at = bytes.writeUInt32LE(28, at);
  if (large) {
    bytes.writeBigUInt64LE(BigInt(riffBytes), at);
    bytes.writeBigUInt64LE(BigInt(dataBytes), at + 8);
    bytes.writeBigUInt64LE(BigInt(frames), at + 16);
  }
  at += 28;
  at += bytes.write('fmt ', at);
  at = bytes.writeUInt32LE(18, at);
  at = bytes.writeUInt16LE(bitsPerSample === 32 ? 3 : 1, at); // float or PCM
  at = bytes.writeUInt16LE(channels, at);
  at = bytes.writeUInt32LE(sampleRateHz, at);
  at = bytes.writeUInt32LE(sampleRateHz * frameBytes, at);
  at = bytes.writeUInt16LE(frameBytes, at);
  at = bytes.writeUInt16LE(bitsPerSample, at);
  at = bytes.writeUInt16LE(0, at); // no extension
  at += bytes.write('fact', at);
  at = bytes.writeUInt32LE(4, at);
  at = bytes.writeUInt32LE(size(frames), at);
  at += bytes.write('data', at);
  bytes.writeUInt32LE(size(dataBytes), at);
  return bytes;
}
