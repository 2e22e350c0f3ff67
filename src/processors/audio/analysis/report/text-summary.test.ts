import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measuredOf } from '../verdicts/test-measured.ts';
import { analysisOf, optionsOf, troubledAnalysis } from './test-report.ts';
import { textSummary } from './text-summary.ts';

test('says first whether it is ready, then the figures, what to do, and in one line what is good', () => {
  const analysis = troubledAnalysis();
  const lines = textSummary(analysis, 'en').split('\n');
  assert.match(lines[0] ?? '', /^ {2}Not ready for Spotify yet/);
  assert.equal(lines[1], '  −8.3 LUFS · 0.6 dBTP · LRA 6.3 LU · 120 BPM · A minor');
  const toDo = analysis.verdicts.slice(1).filter(({ severity }) => severity !== 'good');
  assert.equal(lines.length, 2 + toDo.length + 1);
  for (const [index, { text }] of toDo.entries()) assert.ok(lines[index + 2]?.endsWith(text.en));
  assert.match(lines.at(-1) ?? '', /^ {2}✓ .+ · .+/);
});

test('speaks Portuguese, keys too', () => {
  assert.match(textSummary(troubledAnalysis(), 'pt-BR'), /−8,3 LUFS · 0,6 dBTP · .* · Lá menor\n/);
});

test('silence is called so, and what is too short has a dash', () => {
  const nothing = { integratedLufs: null, rangeLu: null, plrDb: null };
  const silent = measuredOf({ loudness: { ...nothing, truePeakDbtp: null, samplePeakDbfs: null } });
  assert.match(textSummary(analysisOf(silent, optionsOf()), 'en'), /^ {2}There is nothing to hear.*\n {2}silence$/);
  const short = measuredOf({
    durationSeconds: 0.2,
    loudness: nothing,
    rhythm: { tempoBpm: null },
    tonality: { key: null },
  });
  assert.match(textSummary(analysisOf(short, optionsOf()), 'en'), /\n {2}– LUFS · −1\.5 dBTP$/);
});
