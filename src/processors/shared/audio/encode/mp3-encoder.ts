import { open, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createEncoder } from 'wasm-media-encoders';
import type { AudioEncoder, EncoderOptions } from './encoder.ts';
import { frameBytesOf, infoFrame, Mp3Frames } from './mp3-frames.ts';
import { refuse } from './refuse.ts';

const mp3Rates = [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000] as const;
const mp3Bitrates = [8, 16, 24, 32, 40, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320] as const;

type Mp3Rate = (typeof mp3Rates)[number];
type Mp3Bitrate = (typeof mp3Bitrates)[number];

/** More than LAME takes at once makes it ask for more memory. */
const pieceFrames = 16_384;

/**
 * MP3 of constant bitrate by LAME. Other sample rates than those of MP3 become the next one of their family.
 *
 * Its first frame says how much silence the codec put before and behind the recording, so that players give back as many
 * frames as there were, where they were.
 */
export async function openMp3(options: EncoderOptions): Promise<AudioEncoder> {
  const { path, sampleRateHz, channels } = options;
  if (channels !== 1 && channels !== 2) throw refuse('MP3', `${channels} channels`, 'it has one or two; choose WAV');
  const rateHz = mp3Rate(sampleRateHz);
  const bitrate = mp3Bitrate(rateHz, channels, options.bitrateKbps);
  const encoder = await createEncoder('audio/mpeg', await lame());
  encoder.configure({ sampleRate: sampleRateHz, channels, bitrate, outputSampleRate: rateHz });
  const file = await open(path, 'w');
  const frames = new Mp3Frames();
  let inputFrames = 0;
  let closed = false;
  const append = async (bytes: Uint8Array): Promise<void> => {
    frames.add(bytes);
    await file.write(bytes.slice());
  };
  await file.write(new Uint8Array(frameBytesOf(rateHz, bitrate)));
  return {
    async write(block) {
      for (let from = 0; from < block.frames; from += pieceFrames) {
        const until = Math.min(from + pieceFrames, block.frames);
        await append(encoder.encode(block.channels.map((samples) => samples.subarray(from, until))));
      }
      inputFrames += block.frames;
    },
    async close() {
      await append(encoder.finalize());
      const outputFrames = Math.round((inputFrames * rateHz) / sampleRateHz);
      const first = infoFrame(frames, { rateHz, bitrateKbps: bitrate, channels, frames: outputFrames });
      await file.write(first, 0, first.length, 0);
      closed = true;
      await file.close();
      return { frames: inputFrames, clippedSamples: 0 };
    },
    async [Symbol.asyncDispose]() {
      if (!closed) await file.close();
    },
  };
}

/** 88.2 kHz becomes 44.1, 96 kHz becomes 48, 37.8 kHz becomes 44.1. */
function mp3Rate(rateHz: number): Mp3Rate {
  for (let folded = rateHz; folded >= 44_100; folded /= 2) {
    const exact = mp3Rates.find((rate) => rate === folded);
    if (exact !== undefined) return exact;
  }
  return mp3Rates.find((rate) => rate >= rateHz) ?? 48_000;
}

/** The highest that the version of MPEG for this rate has, up to what was asked for. */
function mp3Bitrate(rateHz: Mp3Rate, channels: 1 | 2, wished?: number): Mp3Bitrate {
  const highest = rateHz >= 32_000 ? 320 : rateHz >= 16_000 ? 160 : 64;
  const usual = (rateHz >= 32_000 ? 192 : rateHz >= 16_000 ? 96 : 64) / (channels === 1 ? 2 : 1);
  const limit = Math.min(wished ?? usual, highest);
  // Below 32 its first frame would have no room for what it says.
  return mp3Bitrates.findLast((rate) => rate <= limit && rate >= 32) ?? 32;
}

let module: Promise<Uint8Array<ArrayBuffer>> | undefined;

/** From the file: the package would fetch a data URL, and children may not fetch. */
async function lame(): Promise<Uint8Array<ArrayBuffer>> {
  module ??= readFile(fileURLToPath(import.meta.resolve('wasm-media-encoders/wasm/mp3')));
  return await module;
}
