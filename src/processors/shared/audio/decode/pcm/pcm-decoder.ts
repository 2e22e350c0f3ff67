import { readFile } from 'node:fs/promises';
import { type AudioBlock, type AudioFormat, maxBlockFrames } from '../../audio-stream.ts';
import type { ByteSource } from '../byte-source.ts';
import type { Decoder } from '../decoder.ts';
import { mediaInvalid, placeOf } from '../media-invalid.ts';
import { companded } from './companding.ts';

/** How one sample is stored. `signed8` is AIFF's, `unsigned8` is WAV's. */
export type SampleEncoding =
  | 'unsigned8'
  | 'signed8'
  | 'signed16'
  | 'signed24'
  | 'signed32'
  | 'float32'
  | 'float64'
  | 'A-law'
  | 'mu-law';

export interface PcmData {
  readonly format: AudioFormat & { readonly frames: number };
  readonly encoding: SampleEncoding;
  readonly bigEndian: boolean;
  /** Where the first sample lies in the file. The samples are there: whoever makes this has looked. */
  readonly position: number;
}

interface PcmKernel {
  stereo16(input: number, left: number, right: number, frames: number): void;
  unsigned8(input: number, output: number, frames: number, stride: number): void;
  signed16(input: number, output: number, frames: number, stride: number): void;
  signed24(input: number, output: number, frames: number, stride: number): void;
  signed32(input: number, output: number, frames: number, stride: number): void;
  float32(input: number, output: number, frames: number, stride: number): number;
  float64(input: number, output: number, frames: number, stride: number): number;
}

export const bytesPerSample: Readonly<Record<SampleEncoding, number>> = {
  unsigned8: 1,
  signed8: 1,
  signed16: 2,
  signed24: 3,
  signed32: 4,
  float32: 4,
  float64: 8,
  'A-law': 1,
  'mu-law': 1,
};

const wasmPageBytes = 65_536;

/**
 * Reads interleaved samples. A block's bytes are read into the kernel's memory, and its arrays are views of that memory:
 * nothing is copied in between.
 */
export async function createPcmDecoder(source: ByteSource, data: PcmData): Promise<Decoder> {
  const { format, encoding, position, bigEndian } = data;
  const size = bytesPerSample[encoding];
  const channelCount = format.layout.length;
  const stride = size * channelCount;
  const channelBytes = maxBlockFrames * 4;
  const inputStart = channelCount * channelBytes;
  const memory = new WebAssembly.Memory({
    initial: Math.ceil((inputStart + maxBlockFrames * stride) / wasmPageBytes),
  });
  const kernel = await loadKernel(memory);
  const input = Buffer.from(memory.buffer, inputStart, maxBlockFrames * stride);
  const channels = format.layout.map((_, i) => new Float32Array(memory.buffer, i * channelBytes, maxBlockFrames));
  const expand = encoding === 'A-law' || encoding === 'mu-law' ? companded(encoding) : undefined;

  function convert(frames: number): number {
    if (encoding === 'signed16' && channelCount === 2) {
      kernel.stereo16(inputStart, 0, channelBytes, Math.ceil(frames / 4) * 4);
      return -1;
    }
    let bad = -1;
    for (let channel = 0; channel < channelCount; channel += 1) {
      const from = inputStart + channel * size;
      const to = channel * channelBytes;
      if (expand !== undefined) expand(input, channel, channelCount, channels[channel] as Float32Array, frames);
      else if (encoding === 'float32' || encoding === 'float64') {
        const at = kernel[encoding](from, to, frames, stride);
        if (at >= 0) bad = bad < 0 ? at : Math.min(bad, at);
      } else kernel[encoding === 'signed8' ? 'unsigned8' : (encoding as 'signed16')](from, to, frames, stride);
    }
    return bad;
  }

  function* pieces(): Generator<AudioBlock> {
    for (let first = 0; first < format.frames; first += maxBlockFrames) {
      const frames = Math.min(maxBlockFrames, format.frames - first);
      const bytes = frames === maxBlockFrames ? input : input.subarray(0, frames * stride);
      // The file may have become shorter since its header was looked at.
      if (source.readInto(bytes, position + first * stride) < bytes.length) return;
      if (encoding === 'signed8') flipSigns(bytes);
      if (bigEndian) swap(bytes, size);
      const bad = convert(frames);
      if (bad >= 0) {
        throw mediaInvalid(
          `The recording holds a sample that is not a finite number, at ${placeOf(first + bad, format.sampleRateHz)} ` +
            `(minutes:seconds), frame ${first + bad}.`,
        );
      }
      yield { channels: frames === maxBlockFrames ? channels : channels.map((c) => c.subarray(0, frames)), frames };
    }
  }

  return { format, tolerance: 0, pieces };
}

async function loadKernel(memory: WebAssembly.Memory): Promise<PcmKernel> {
  const bytes = await readFile(new URL('pcm.wasm', import.meta.url));
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  return instance.exports as unknown as PcmKernel;
}

function flipSigns(bytes: Buffer): void {
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = (bytes[i] as number) ^ 0x80;
}

function swap(bytes: Buffer, size: number): void {
  if (size === 2) bytes.swap16();
  else if (size === 4) bytes.swap32();
  else if (size === 8) bytes.swap64();
  else if (size === 3) {
    for (let i = 0; i + 2 < bytes.length; i += 3) {
      const first = bytes[i] as number;
      bytes[i] = bytes[i + 2] as number;
      bytes[i + 2] = first;
    }
  }
}
