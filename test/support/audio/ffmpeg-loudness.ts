import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { audioFile, ffmpegPath } from './ffmpeg.ts';
import type { Recording } from './measure-samples.ts';
import { type WavEncoding, wavBytes } from './wav-bytes.ts';

export interface FfmpegLoudness {
  readonly integratedLufs: number;
  readonly rangeLu: number;
}

/** What ffmpeg's `ebur128` says at the end, to three decimals. Six channels are 5.1 to it. */
export async function ffmpegLoudness(recording: Recording): Promise<FfmpegLoudness> {
  const filter = ['I', 'LRA'].map((key) => `ametadata=print:key=lavfi.r128.${key}:file=-`);
  const text = await filtered(recording, `ebur128=metadata=1,${filter.join(',')}`, 'f32');
  const last = (key: string) =>
    Number(
      text
        .match(new RegExp(`lavfi\\.r128\\.${key}=(\\S+)`, 'g'))
        ?.at(-1)
        ?.split('=')[1],
    );
  return { integratedLufs: last('I'), rangeLu: last('LRA') };
}

export interface FfmpegStatistics {
  readonly channels: readonly Readonly<Record<string, string>>[];
  readonly overall: Readonly<Record<string, string>>;
}

/** What ffmpeg's `astats` says, by its own names: `RMS level dB`. */
export async function ffmpegStatistics(recording: Recording, encoding: WavEncoding): Promise<FfmpegStatistics> {
  const text = await filtered(recording, 'astats', encoding);
  const parts = text
    .split(/Channel: \d+|Overall/)
    .map((part) =>
      Object.fromEntries([...part.matchAll(/\] ([^:\n]+): (\S+)/g)].map(([, key = '', value = '']) => [key, value])),
    );
  return { channels: parts.slice(1, -1), overall: parts.at(-1) ?? {} };
}

async function filtered(recording: Recording, filter: string, encoding: WavEncoding): Promise<string> {
  const path = audioFile('wav');
  await writeFile(path, wavBytes(recording.channels, recording.sampleRateHz, encoding));
  const args = ['-hide_banner', '-nostats', '-nostdin', '-i', path, '-af', filter, '-f', 'null', '-'];
  const { stdout, stderr } = await promisify(execFile)(ffmpegPath(), args, { maxBuffer: 1 << 28 });
  return stdout + stderr;
}
