import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pieces } from './catalogue.ts';
import { parseChord } from './harmony.ts';
import { sampleRateHz } from './piece.ts';
import { renderPiece } from './render-piece.ts';
import { progressions, styles } from './styles.ts';

const [first] = pieces(1);
assert.ok(first);

test('sources add up to the mix, bit by bit', () => {
  const { mix, sources } = renderPiece(first.description, first.seed);
  for (const channel of [0, 1] as const) {
    const { drums, bass, chords, vocals } = sources;
    const sum = drums[channel].map((sample, i) => {
      const low = Math.fround(sample + (bass[channel][i] ?? 0));
      return Math.fround(Math.fround(low + (chords[channel][i] ?? 0)) + (vocals[channel][i] ?? 0));
    });
    assert.deepEqual(mix[channel], sum);
    assert.ok(mix[channel].every((sample) => Math.abs(sample) < 1));
  }
});

test('the same seed gives the same piece, another seed another', () => {
  const { mix, truth } = renderPiece(first.description, first.seed);
  assert.deepEqual(renderPiece(first.description, first.seed), {
    ...renderPiece(first.description, first.seed),
    mix,
    truth,
  });
  assert.notDeepEqual(renderPiece(first.description, first.seed + 1).mix, mix);
});

test('two hundred pieces cover styles, keys, tempi and detuning', () => {
  const described = pieces(200).map(({ description }) => description);
  assert.equal(new Set(described.map(({ style }) => style)).size, Object.keys(styles).length);
  assert.equal(new Set(described.map(({ tonic, mode }) => `${tonic} ${mode}`)).size, 24);
  const covers = (values: readonly number[], low: number, high: number) => {
    assert.ok(Math.min(...values) >= low && Math.min(...values) < low + (high - low) / 20);
    assert.ok(Math.max(...values) <= high && Math.max(...values) > high - (high - low) / 20);
  };
  covers(
    described.map(({ tempoBpm }) => tempoBpm),
    60,
    190,
  );
  covers(
    described.map(({ detuningCents }) => detuningCents),
    -40,
    40,
  );
  assert.equal(new Set([...pieces(300), ...pieces(300, 'training')].map(({ seed }) => seed)).size, 600);
});

test('beats stand a beat apart and onsets where sound begins', () => {
  for (const { description, seed } of pieces(4)) {
    const { truth, sources } = renderPiece(description, seed);
    const beatSeconds = 60 / description.tempoBpm;
    truth.beatsSeconds.forEach((beat, i) => {
      if (i > 0) assert.ok(Math.abs(beat - (truth.beatsSeconds[i - 1] ?? 0) - beatSeconds) < 0.02 * beatSeconds);
    });
    // The first stroke of the drums is an onset, and before it there are none of theirs.
    const [left] = sources.drums;
    const sounding = left.findIndex((sample) => Math.abs(sample) > 0.01) / sampleRateHz;
    assert.ok(truth.onsetsSeconds.some((onset) => Math.abs(onset - sounding) < 0.035));
  }
});

test('numerals name the chords of a textbook', () => {
  assert.deepEqual(parseChord('V7', 'minor'), { root: 7, tones: [0, 4, 7, 10] });
  assert.deepEqual(parseChord('VI', 'minor'), { root: 8, tones: [0, 4, 7] });
  assert.deepEqual(parseChord('iim7b5', 'minor'), { root: 2, tones: [0, 3, 6, 10] });
  assert.deepEqual(parseChord('bVII', 'major'), { root: 10, tones: [0, 4, 7] });
  assert.throws(() => parseChord('VIII', 'major'));
  for (const mode of ['major', 'minor'] as const) {
    for (const numeral of progressions[mode].join(' ').split(' ')) parseChord(numeral, mode);
  }
});
