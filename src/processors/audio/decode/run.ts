import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '#kernel/errors.ts';
import type { ProcessorContext, ProcessorOutput, ProcessorRuntime } from '#processors/contract.ts';
import { type FfmpegType, ffmpegDemuxers, isFfmpegType } from '#processors/shared/audio/sound-types.ts';
import { type FfmpegInput, startFfmpeg } from './ffmpeg.ts';
import type { decodeParams } from './params.ts';
import { longestHeaderBytes, readWavHeader, type WavHeader, wavSizes } from './wav-header.ts';

type Context = ProcessorContext<typeof decodeParams>;

/** The sizes of a WAV have 32 bits. */
const maxFileBytes = 0xffffffff;
/** Of what the header promises: containers count in packets, and browsers leave gaps. */
const [toleranceShare, toleranceSeconds] = [0.01, 1];

export function createRuntime(): ProcessorRuntime<typeof decodeParams> {
  return { warm: async () => {}, run };
}

/**
 * Decodes the first sound of a recording.
 *
 * @throws AppError CODEC_UNAVAILABLE without ffmpeg; MEDIA_INVALID when ffmpeg cannot decode all of it, or it is longer or
 *   shorter than its header says; RESOURCE_LIMIT when it would be larger than a WAV can be
 */
async function run(context: Context): Promise<readonly ProcessorOutput[]> {
  const [input] = context.inputs;
  const program = context.programs?.['ffmpeg'];
  if (input === undefined || !isFfmpegType(input.mediaType)) throw new Error('audio.decode was given something else');
  if (program === undefined) throw withoutFfmpeg();
  const { durationSeconds = 0, mediaType, path } = input;
  const ffmpeg: FfmpegInput = {
    program,
    path,
    demuxer: ffmpegDemuxers[mediaType],
    cpuSeconds: 30 + durationSeconds / 10,
    signal: context.signal,
  };
  const source = await describe(ffmpeg);
  const file = 'decoded.wav';
  const header = await decode(context, ffmpeg, source.encoding, durationSeconds, join(context.scratchDir, file));
  const { channels, sampleRateHz } = header;
  const data = { container: containers[mediaType], codec: source.codec, channels, sampleRateHz };
  return [{ file, mediaType: 'audio/wav', data }];
}

interface Source {
  readonly codec: string;
  /** The encoding in which nothing of it is lost. */
  readonly encoding: string;
}

const containers: Readonly<Record<FfmpegType, string>> = {
  'audio/x-m4a': 'm4a',
  'audio/aacp': 'adts',
  'audio/x-ogg': 'ogg',
  'audio/webm': 'webm',
  'audio/matroska': 'matroska',
  'audio/x-caf': 'caf',
};

/** ffmpeg's name of a codec or its profile → the name that people know; others are written large. */
const codecs: Readonly<Record<string, string>> = { opus: 'Opus', speex: 'Speex', vorbis: 'Vorbis' };

function codecName(codec: string, profile: string | undefined): string {
  if (codec.startsWith('pcm_')) return codec.startsWith('pcm_f') ? 'PCM float' : 'PCM';
  return profile?.startsWith('HE-AAC') ? profile : (codecs[codec] ?? codec.toUpperCase());
}

/** ffmpeg's name of what its decoder gives → the encoding that holds it. */
const encodings: Readonly<Record<string, string>> = { u8: 'pcm_u8', s16: 'pcm_s16le', s32: 'pcm_s32le' };

async function describe(ffmpeg: FfmpegInput): Promise<Source> {
  const started = startFfmpeg(ffmpeg, 'info', []);
  started.output.resume();
  const { said } = await started.ended;
  ffmpeg.signal.throwIfAborted();
  // Without an output it only says what there is. Texts of the file itself never stand at the start of such a line.
  const [, codec, profile, sample = ''] =
    /^ {2}Stream #0:\d.*?: Audio: (\w+)(?: \(([\w-]+)\))?.*? Hz, .*?, (u8|s16|s32|flt|dbl|s64)p?\b/m.exec(said) ?? [];
  if (codec === undefined) throw undecodable();
  return { codec: codecName(codec, profile), encoding: encodings[sample] ?? 'pcm_f32le' };
}

async function decode(
  context: Context,
  ffmpeg: FfmpegInput,
  encoding: string,
  promisedSeconds: number,
  path: string,
): Promise<WavHeader> {
  const output = ['-map', '0:a:0', '-vn', '-map_metadata', '-1', '-fflags', '+bitexact', '-c:a', encoding];
  const started = startFfmpeg(ffmpeg, 'error', ['-xerror', ...output, '-f', 'wav', 'pipe:1']);
  const longestSeconds = promisedSeconds * (1 + toleranceShare) + toleranceSeconds;
  let header: WavHeader | undefined;
  let bytes = 0;
  async function* checked(source: Readable): AsyncGenerator<Buffer> {
    let head = Buffer.alloc(0);
    for await (const chunk of source as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (header === undefined) {
        head = Buffer.concat([head, chunk]);
        header = readWavHeader(head);
        if (header === undefined && head.length > longestHeaderBytes) throw undecodable();
        if (header !== undefined) checkSize(header, promisedSeconds);
      }
      if (header !== undefined) {
        const seconds = (bytes - header.dataStart) / header.bytesPerSecond;
        if (seconds > longestSeconds) throw otherLength('longer');
        context.progress(Math.min(1, seconds / promisedSeconds));
      }
      yield chunk;
    }
  }
  try {
    await pipeline(started.output, checked, createWriteStream(path));
  } catch (error) {
    started.kill();
    await started.ended;
    context.signal.throwIfAborted();
    throw error;
  }
  const { exitCode, said } = await started.ended;
  context.signal.throwIfAborted();
  if (said !== '') context.log('ffmpeg', { exitCode, said: said.slice(0, 500) });
  if (exitCode !== 0 || header === undefined) throw undecodable();
  const dataBytes = bytes - header.dataStart;
  const shortestSeconds = promisedSeconds * (1 - toleranceShare) - toleranceSeconds;
  if (dataBytes === 0 || dataBytes / header.bytesPerSecond < shortestSeconds) throw otherLength('shorter');
  await writeSizes(path, header, dataBytes);
  return header;
}

function checkSize({ bytesPerSecond }: WavHeader, promisedSeconds: number): void {
  const neededBytes = bytesPerSecond * (promisedSeconds + toleranceSeconds) + longestHeaderBytes;
  if (neededBytes <= maxFileBytes) return;
  throw new AppError(
    'RESOURCE_LIMIT',
    'Decoded, the recording would be larger than 4 GiB. Convert it to FLAC or MP3, which are read as they are, or cut it into parts.',
    { extensions: { neededBytes: Math.ceil(neededBytes), limitBytes: maxFileBytes } },
  );
}

async function writeSizes(path: string, { dataStart }: WavHeader, dataBytes: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    for (const [at, value] of wavSizes(dataStart, dataBytes)) await file.write(value, 0, value.length, at);
  } finally {
    await file.close();
  }
}

function withoutFfmpeg(): AppError {
  return new AppError(
    'CODEC_UNAVAILABLE',
    'This recording needs ffmpeg, which this server does not have. Convert it to WAV, FLAC or MP3, or install ffmpeg.',
  );
}

function undecodable(): AppError {
  return new AppError(
    'MEDIA_INVALID',
    'The recording cannot be decoded to its end: it is damaged or cut off. Convert it to WAV or FLAC and upload that.',
  );
}

function otherLength(how: 'longer' | 'shorter'): AppError {
  return new AppError(
    'MEDIA_INVALID',
    `The recording is ${how} than its header says: it is damaged or cut off. Convert it to WAV or FLAC and upload that.`,
  );
}
