import { open } from 'node:fs/promises';
import type { AudioEncoder, EncoderOptions } from './encoder.ts';
import { Quantiser } from './quantise.ts';
import { refuse } from './refuse.ts';

/** The slice of libflacjs that is used. */
interface LibFlac {
  isReady(): boolean;
  on(event: 'ready', listener: () => void): void;
  create_libflac_encoder(
    sampleRateHz: number,
    channels: number,
    bitsPerSample: number,
    compression: number,
    totalFrames: number,
    verify: boolean,
  ): number;
  init_encoder_stream(
    encoder: number,
    write: (bytes: Uint8Array) => void,
    metadata: (facts: StreamInfo | undefined) => void,
  ): number;
  FLAC__stream_encoder_process_interleaved(encoder: number, samples: Int32Array, frames: number): number;
  FLAC__stream_encoder_finish(encoder: number): number;
  FLAC__stream_encoder_delete(encoder: number): void;
}

interface StreamInfo {
  readonly min_framesize: number;
  readonly max_framesize: number;
  /** 32 hexadecimal digits. */
  readonly md5sum: string;
}

const compression = 5;

/**
 * FLAC by libFLAC. Players seek by what its first block says (length, hash), which is known at the end and is written
 * then.
 */
export async function openFlac(options: EncoderOptions): Promise<AudioEncoder> {
  const { path, sampleRateHz, channels, bitsPerSample = 24 } = options;
  if (channels < 1 || channels > 8) throw refuse('FLAC', `${channels} channels`, 'choose WAV');
  if (bitsPerSample === 32) throw refuse('FLAC', 'floating-point numbers', 'choose 24 bits, or WAV');
  const flac = await libFlac();
  const encoder = flac.create_libflac_encoder(sampleRateHz, channels, bitsPerSample, compression, 0, false);
  const quantiser = new Quantiser(bitsPerSample);
  const encoded: Uint8Array[] = [];
  let info: StreamInfo | undefined;
  const take = (bytes: Uint8Array): void => void encoded.push(bytes);
  const status = flac.init_encoder_stream(encoder, take, (facts) => {
    info = facts;
  });
  if (status !== 0) {
    flac.FLAC__stream_encoder_delete(encoder);
    throw refuse('FLAC', `${channels} channels at ${sampleRateHz} Hz`, 'choose WAV');
  }
  const file = await open(path, 'w');
  let frames = 0;
  let closed = false;
  const flush = async (): Promise<void> => {
    if (encoded.length > 0) await file.writev(encoded.splice(0));
  };
  return {
    async write(block) {
      const samples = quantiser.quantise(block);
      if (!flac.FLAC__stream_encoder_process_interleaved(encoder, samples, block.frames))
        throw new Error('FLAC failed');
      frames += block.frames;
      await flush();
    },
    async close() {
      if (!flac.FLAC__stream_encoder_finish(encoder) || info === undefined) throw new Error('FLAC did not end');
      await flush();
      await file.write(streamInfo(info, { sampleRateHz, channels, bitsPerSample, frames }), 0, 30, 12);
      closed = true;
      flac.FLAC__stream_encoder_delete(encoder);
      await file.close();
      return { frames, clippedSamples: quantiser.clippedSamples };
    },
    async [Symbol.asyncDispose]() {
      if (closed) return;
      flac.FLAC__stream_encoder_delete(encoder);
      await file.close();
    },
  };
}

/**
 * STREAMINFO behind its block sizes: 24 bits each of least and greatest frame in bytes, 20 of sample rate, 3 of
 * channels − 1, 5 of bits − 1, 36 of frames, 128 of hash.
 *
 * @see RFC 9639, section 8.2
 */
function streamInfo(
  info: StreamInfo,
  {
    sampleRateHz,
    channels,
    bitsPerSample,
    frames,
  }: Required<Omit<EncoderOptions, 'path' | 'bitrateKbps'>> & { frames: number },
): Buffer {
  const bytes = Buffer.alloc(30);
  bytes.writeUIntBE(info.min_framesize, 0, 3);
  bytes.writeUIntBE(info.max_framesize, 3, 3);
  const facts =
    (BigInt(sampleRateHz) << 44n) | (BigInt(channels - 1) << 41n) | (BigInt(bitsPerSample - 1) << 36n) | BigInt(frames);
  bytes.writeBigUInt64BE(facts, 6);
  bytes.write(info.md5sum, 14, 'hex');
  return bytes;
}

let loading: Promise<LibFlac> | undefined;

/** One for the process: its encoders share a memory. */
function libFlac(): Promise<LibFlac> {
  loading ??= load();
  return loading;
}

async function load(): Promise<LibFlac> {
  const { default: loader } = await import('libflacjs');
  const factory = loader as unknown as (variant: string) => LibFlac;
  // Its loader takes every system with this function for a browser and fetches a path; without it, it reads the file.
  const wasm = WebAssembly as { instantiateStreaming?: unknown };
  const hidden = wasm.instantiateStreaming;
  wasm.instantiateStreaming = undefined;
  const flac = factory('min.wasm');
  wasm.instantiateStreaming = hidden;
  if (!flac.isReady()) await new Promise<void>((resolve) => flac.on('ready', resolve));
  return flac;
}
