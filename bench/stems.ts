import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openEncoder } from '../src/processors/shared/audio/encode/audio-encoder.ts';
import { pieces } from '../test/support/music/catalogue.ts';
import { sampleRateHz } from '../test/support/music/piece.ts';
import { renderPiece } from '../test/support/music/render-piece.ts';
import { judgedStems, meanGainDb, type Scores, scorePiece } from './stems/quality.ts';

/**
 * Stems by signal processing: how much better than the mix itself, on pieces whose sources are known and which nothing was
 * tuned on; how fast, and with how much memory. `--pieces 22`, `--minutes 4`.
 */

const { values } = parseArgs({
  options: { pieces: { type: 'string', default: '11' }, minutes: { type: 'string', default: '4' } },
});

const scores: Scores[] = [];
for (const piece of pieces(Number(values.pieces))) scores.push(await scorePiece(piece));
const decibels = (value: number): string => `${value.toFixed(1)} dB`.padStart(9);
const mean = (all: readonly number[]): number => all.reduce((sum, value) => sum + value, 0) / all.length;
console.log(`SI-SDR, means of ${scores.length} pieces`);
for (const stem of judgedStems) {
  const found = scores.flatMap(({ [stem]: score }) => (score === undefined ? [] : [score]));
  const [made, mix] = [mean(found.map(({ stemDb }) => stemDb)), mean(found.map(({ mixDb }) => mixDb))];
  const worst = Math.min(...found.map(({ stemDb, mixDb }) => stemDb - mixDb));
  const gain = meanGainDb(scores, stem);
  console.log(
    `${stem.padEnd(14)} ${decibels(made)}, the mix ${decibels(mix)}: ${decibels(gain)} better, at worst ${decibels(worst)}`,
  );
}

const seconds = Number(values.minutes) * 60;
const folder = mkdtempSync(join(tmpdir(), 'esteira-bench-stems-'));
try {
  const path = join(folder, 'mix.wav');
  await writeMedley(path, seconds);
  for (const format of ['wav', 'flac', 'mp3']) {
    const once = execFileSync(process.execPath, [join(import.meta.dirname, 'stems/run-once.ts'), path, format]);
    const { wallSeconds, cpuSeconds, maxRssMb } = JSON.parse(once.toString()) as Record<string, number>;
    const times = (taken = 0): string => `${(seconds / taken).toFixed(0)} × real time`;
    console.log(
      `${values.minutes} minutes to four ${format}: ${wallSeconds?.toFixed(1)} s (${times(wallSeconds)}), ` +
        `${cpuSeconds?.toFixed(1)} s of processor (${times(cpuSeconds)}), ${maxRssMb?.toFixed(0)} MB`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** Pieces one behind the other, over and over. */
async function writeMedley(path: string, lengthSeconds: number): Promise<void> {
  const mixes = pieces(6).map(({ description, seed }) => renderPiece(description, seed).mix);
  await using encoder = await openEncoder('wav', { path, sampleRateHz, channels: 2 });
  let left = Math.round(lengthSeconds * sampleRateHz);
  for (let i = 0; left > 0; i++) {
    const mix = mixes[i % mixes.length] ?? [];
    const frames = Math.min(left, mix[0]?.length ?? left);
    await encoder.write({ channels: mix.map((samples) => samples.subarray(0, frames)), frames });
    left -= frames;
  }
  await encoder.close();
}
