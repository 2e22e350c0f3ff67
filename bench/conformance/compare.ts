import { createLoudnessMeasure } from '#processors/audio/analysis/loudness/loudness-measure.ts';
import { ffmpegLoudness } from '../../test/support/audio/ffmpeg-loudness.ts';
import { measureSamples, type Recording, surround } from '../../test/support/audio/measure-samples.ts';
import { musicLike } from '../../test/support/audio/music-like.ts';
import { synthesise } from '../../test/support/audio/synthesise.ts';
import { truePeakReference } from '../../test/support/audio/true-peak-reference.ts';

export interface Comparison {
  readonly signal: string;
  readonly quantity: 'I' | 'LRA' | 'true peak';
  readonly other: number;
  readonly ours: number;
  readonly tolerance: number;
  readonly passed: boolean;
}

const music = (sampleRateHz: number, seconds: number, seeds: readonly number[], drive = 1) =>
  seeds.map((seed) => musicLike(sampleRateHz, seconds, seed, drive));

function signals(sampleRateHz: number): readonly (readonly [name: string, recording: Recording])[] {
  const noise = (noiseSeed: number, amplitude: number) => [{ noiseSeed, amplitude }];
  const tone = (toneHz: number, amplitude: number) => [{ toneHz, amplitude }];
  return [
    ['noise, mono', { sampleRateHz, channels: synthesise(sampleRateHz, 20, [noise(1, 0.4)]) }],
    ['noise, stereo', { sampleRateHz, channels: synthesise(sampleRateHz, 20, [noise(2, 0.7), noise(3, 0.02)]) }],
    ['tones, stereo', { sampleRateHz, channels: synthesise(sampleRateHz, 20, [tone(55, 0.7), tone(9_000, 0.2)]) }],
    ['music, mono', { sampleRateHz, channels: music(sampleRateHz, 60, [1]) }],
    ['music, stereo', { sampleRateHz, channels: music(sampleRateHz, 60, [2, 3]) }],
    ['crushed music, stereo', { sampleRateHz, channels: music(sampleRateHz, 60, [4, 5], 6) }],
    ['music, 5.1', { sampleRateHz, channels: music(sampleRateHz, 30, [1, 2, 3, 4, 5, 6]), layout: surround }],
  ];
}

/** What plain interpolation is given of each signal: it takes its time. Music is loud there. */
const truePeakSeconds = [9, 11] as const;

/** Loudness and range beside ffmpeg's, true peak beside 16 × 64 taps on every sample. */
export async function compareWithFfmpeg(): Promise<Comparison[]> {
  const found: Comparison[] = [];
  for (const sampleRateHz of [44_100, 48_000]) {
    for (const [name, recording] of signals(sampleRateHz)) {
      const signal = `${name}, ${sampleRateHz / 1_000} kHz`;
      const add = (quantity: Comparison['quantity'], other: number, ours: number | null, tolerance: number) => {
        const measured = ours ?? Number.NaN;
        found.push({
          signal,
          quantity,
          other,
          ours: measured,
          tolerance,
          passed: Math.abs(measured - other) <= tolerance,
        });
      };
      const { loudness } = await measureSamples(createLoudnessMeasure, recording);
      const theirs = await ffmpegLoudness(recording);
      add('I', theirs.integratedLufs, loudness.integratedLufs, 0.05);
      add('LRA', theirs.rangeLu, loudness.rangeLu, 0.1);

      const channels = recording.channels.map((channel) =>
        channel.slice(...truePeakSeconds.map((seconds) => seconds * sampleRateHz)),
      );
      const short = await measureSamples(createLoudnessMeasure, { ...recording, channels });
      const peaks = channels.map((channel) => truePeakReference(channel).reduce((a, b) => Math.max(a, b), 0));
      add('true peak', 20 * Math.log10(Math.max(...peaks)), short.loudness.truePeakDbtp, 0.1);
    }
  }
  return found;
}
