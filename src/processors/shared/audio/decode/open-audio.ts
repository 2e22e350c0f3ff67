import { setImmediate } from 'node:timers/promises';
import { AppError } from '#kernel/errors.ts';
import type { AudioBlock, AudioFormat, AudioStream } from '../audio-stream.ts';
import { BlockBuffer } from './block-buffer.ts';
import { ByteSource } from './byte-source.ts';
import type { Decoder } from './decoder.ts';
import { mediaInvalid, placeOf } from './media-invalid.ts';

type Opener = (source: ByteSource) => Promise<Decoder>;

/** Each brings its decoder along only when it is needed. */
const openers: Readonly<Record<string, Opener>> = {
  'audio/wav': async (source) => (await import('./pcm/wav.ts')).openWav(source),
  'audio/aiff': async (source) => (await import('./pcm/aiff.ts')).openAiff(source),
  'audio/flac': async (source) => (await import('./flac/flac.ts')).openFlac(source),
  'audio/mpeg': async (source) => (await import('./mp3/mp3.ts')).openMp3(source),
  'audio/aac': async (source) => (await import('./aac/adts.ts')).openAdts(source),
  'audio/mp4': async (source) => (await import('./mp4/mp4.ts')).openMp4(source),
  'audio/ogg': async (source) => (await import('./ogg/ogg.ts')).openOgg(source),
};

/**
 * Opens a recording: reads its header, and its samples as they are asked for. Channels come in the order of WAVE (left,
 * right, centre, bass, …) whatever the file's own is.
 *
 * @param mediaType as sniffed from content, one of `soundTypes`
 * @throws AppError MEDIA_INVALID when the header is damaged or makes no sense; UNSUPPORTED_MEDIA_TYPE when what is in the
 * container needs ffmpeg; the stream's `blocks` throw the reason of `signal` when it aborts
 */
export async function openAudio(
  path: string,
  mediaType: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<AudioStream> {
  const open = openers[mediaType];
  if (open === undefined) throw new AppError('UNSUPPORTED_MEDIA_TYPE', `No decoder reads ${mediaType}.`);
  const source = new ByteSource(path);
  try {
    const decoder = await open(source);
    return streamOf(decoder, source, options.signal);
  } catch (error) {
    source.close();
    throw error;
  }
}

function streamOf(decoder: Decoder, source: ByteSource, signal: AbortSignal | undefined): AudioStream {
  let closed = false;
  return {
    format: decoder.format,
    async *blocks() {
      let frames = 0;
      for await (const block of fullBlocks(decoder)) {
        // Decoding is synchronous: without this, neither abort nor progress would be heard of.
        await setImmediate();
        signal?.throwIfAborted();
        yield block;
        frames += block.frames;
      }
      holdToPromise(decoder, frames);
    },
    async [Symbol.asyncDispose]() {
      if (closed) return;
      closed = true;
      decoder.close?.();
      source.close();
    },
  };
}

async function* fullBlocks(decoder: Decoder): AsyncGenerator<AudioBlock> {
  const buffer = new BlockBuffer(decoder.format.layout.length);
  let startFrame = 0;
  for await (const piece of decoder.pieces()) {
    if (decoder.mayOverflow) requireFinite(piece, decoder.format, startFrame);
    startFrame += piece.frames;
    yield* buffer.add(piece);
  }
  yield* buffer.rest();
}

function requireFinite({ channels }: AudioBlock, { codec, sampleRateHz }: AudioFormat, startFrame: number): void {
  for (const samples of channels) {
    let doubt = 0;
    for (let i = 0; i < samples.length; i += 1) doubt += (samples[i] as number) * 0;
    if (doubt === 0) continue;
    const place = placeOf(startFrame, sampleRateHz);
    throw mediaInvalid(
      `The ${codec} recording is damaged: after ${place} (minutes:seconds) it is not made of numbers.`,
    );
  }
}

function holdToPromise({ format, tolerance }: Decoder, frames: number): void {
  const { codec, sampleRateHz } = format;
  const promised = format.frames;
  if (promised !== undefined && frames < promised * (1 - tolerance) - (tolerance > 0 ? leastSlackFrames : 0)) {
    throw mediaInvalid(
      `The ${codec} recording is cut off: its header promises ${placeOf(promised, sampleRateHz)} (minutes:seconds), but ` +
        `it ends after ${placeOf(frames, sampleRateHz)}.`,
    );
  }
  if (frames === 0) throw mediaInvalid(`The ${codec} recording holds no sound: not one sample.`);
}

/** Two frames of a codec: one that the header counts as its own, one that is lost in the last bytes. */
const leastSlackFrames = 2_304;
