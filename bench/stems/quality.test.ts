import assert from 'node:assert/strict';
import { test } from 'node:test';
import { synthesise } from '../../test/support/audio/synthesise.ts';
import { pieces } from '../../test/support/music/catalogue.ts';
import type { Stereo } from '../../test/support/music/piece.ts';
import { meanGainDb, type Scores, scorePiece, siSdrDb } from './quality.ts';

test('SI-SDR is the ratio of a sound to what is foreign in it, whatever the volume', () => {
  const truth = synthesise(8_000, 1, [[{ toneHz: 100, amplitude: 0.5 }], [{ toneHz: 200, amplitude: 0.5 }]]);
  // Whole periods, so that the two do not correlate: a tenth of the amplitude is −20 dB.
  const foreign = synthesise(8_000, 1, [[{ toneHz: 1_000, amplitude: 0.05 }], [{ toneHz: 700, amplitude: 0.05 }]]);
  const made = truth.map((samples, channel) => samples.map((value, i) => 3 * (value + (foreign[channel]?.[i] ?? 0))));
  assert.ok(Math.abs(siSdrDb(truth as unknown as Stereo, made as unknown as Stereo) - 20) < 0.01);
});

test('vocals and accompaniment are at least 3 dB better than the mix, on pieces that nothing was tuned on', async () => {
  const scores: Scores[] = [];
  for (const piece of pieces(3)) scores.push(await scorePiece(piece));
  for (const stem of ['vocals', 'accompaniment', 'drums', 'bass'] as const) {
    const gainDb = meanGainDb(scores, stem);
    assert.ok(gainDb >= 3, `${stem}: ${gainDb.toFixed(1)} dB`);
  }
});
