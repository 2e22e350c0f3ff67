import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pieces } from '../../../../../test/support/music/catalogue.ts';
import { measureMusic } from '../../../../../test/support/music/measure-samples.ts';
import { renderPiece } from '../../../../../test/support/music/render-piece.ts';
import { randomFrom } from '../../../../../test/support/random.ts';

const cdRateHz = 44_100;

/** A click of 3 ms at each of these seconds. */
function clicks(seconds: readonly number[], durationSeconds: number, sampleRateHz: number): Float32Array {
  const samples = new Float32Array(Math.round(durationSeconds * sampleRateHz));
  for (const at of seconds) {
    const start = Math.round(at * sampleRateHz);
    for (let i = start; i < Math.min(samples.length, start + 0.01 * sampleRateHz); i += 1) {
      const t = (i - start) / sampleRateHz;
      samples[i] = 0.5 * Math.exp(-t / 0.0015) * Math.cos(2 * Math.PI * 1500 * t);
    }
  }
  return samples;
}

const everyBeat = (bpm: number, first: number, end: number) =>
  Array.from({ length: Math.ceil(((end - first) * bpm) / 60) }, (_, i) => first + (i * 60) / bpm);

const noise = (seconds: number) => {
  const random = randomFrom(7);
  return Float32Array.from({ length: seconds * cdRateHz }, () => 0.2 * (2 * random() - 1));
};

/** One at a time, each near the other. */
function assertSame(found: readonly number[], expected: readonly number[], toleranceSeconds: number): void {
  assert.equal(found.length, expected.length);
  found.forEach((moment, i) => {
    assert.ok(Math.abs(moment - (expected[i] ?? 0)) <= toleranceSeconds, `${moment} for ${expected[i]}`);
  });
}

for (const [bpm, first] of [
  [60, 0.3],
  [73.5, 0.01],
  [90, 0.25],
  [120, 0.5],
  [143.2, 0.1],
  [174, 0.33],
  [190, 0.2],
] as const) {
  test(`a metronome at ${bpm} from ${first} s`, async () => {
    const beats = everyBeat(bpm, first, 19.9);
    const { rhythm } = await measureMusic([clicks(beats, 20, cdRateHz)], cdRateHz);
    assert.ok(Math.abs((rhythm.tempoBpm ?? 0) / bpm - 1) < 0.0005, `${rhythm.tempoBpm}`);
    assert.ok(rhythm.confidence > 0.9);
    // A frame is 6 ms.
    assertSame(rhythm.beatsSeconds, beats, 0.01);
    assertSame(rhythm.onsetsSeconds, beats, 0.01);
    const relations = rhythm.candidates.filter(({ relation }) => relation !== 'other');
    for (const [relation, factor] of [
      ['half', 0.5],
      ['double', 2],
    ] as const) {
      const named = relations.find((each) => each.relation === relation);
      assert.ok(Math.abs((named?.tempoBpm ?? 0) / (factor * bpm) - 1) < 0.001);
    }
    const confidences = [rhythm.confidence, ...rhythm.candidates.map(({ confidence }) => confidence)];
    assert.deepEqual(
      confidences,
      confidences.toSorted((a, b) => b - a),
    );
    assert.ok(confidences.reduce((sum, each) => sum + each, 0) <= 1 + 1e-9);
  });
}

for (const swing of [0.58, 2 / 3]) {
  test(`a metronome whose off-beats come at ${swing.toFixed(2)} of the beat`, async () => {
    const bpm = 104;
    const beats = everyBeat(bpm, 0.4, 24.5);
    // Beats and what is between them sound alike: the grid is not told by loudness.
    const all = beats.flatMap((beat) => [beat, beat + (swing * 60) / bpm]);
    const { rhythm } = await measureMusic([clicks(all, 26, cdRateHz)], cdRateHz);
    assert.ok(Math.abs((rhythm.tempoBpm ?? 0) / bpm - 1) < 0.001, `${rhythm.tempoBpm}`);
    assertSame(rhythm.onsetsSeconds, all, 0.01);
  });
}

for (const sampleRateHz of [8000, 22_050, 48_000, 96_000, 192_000]) {
  test(`the same metronome at ${sampleRateHz} Hz, in stereo`, async () => {
    const beats = everyBeat(126, 0.2, 13.8);
    const samples = clicks(beats, 14, sampleRateHz);
    const { rhythm } = await measureMusic([samples, samples], sampleRateHz);
    assert.ok(Math.abs((rhythm.tempoBpm ?? 0) / 126 - 1) < 0.001, `${rhythm.tempoBpm}`);
    assertSame(rhythm.beatsSeconds, beats, 0.012);
  });
}

test('nothing repeats in silence, in a tone and in 10 ms', async () => {
  const tone = Float32Array.from(
    { length: 12 * cdRateHz },
    (_, i) => 0.3 * Math.sin((2 * Math.PI * 440 * i) / cdRateHz),
  );
  const tooShort = clicks([0.002], 0.01, cdRateHz);
  for (const samples of [new Float32Array(5 * cdRateHz), tone, tooShort, new Float32Array(1)]) {
    const { rhythm } = await measureMusic([samples], cdRateHz);
    assert.equal(rhythm.tempoBpm, null);
    assert.equal(rhythm.confidence, 0);
    assert.deepEqual(rhythm.candidates, []);
    assert.deepEqual(rhythm.beatsSeconds, []);
    // A start from nothing may count as an attack.
    assert.ok(rhythm.onsetsSeconds.length <= 1, `${rhythm.onsetsSeconds.length} onsets`);
  }
});

test('noise has no tempo, and hardly an attack', async () => {
  const { rhythm } = await measureMusic([noise(30)], cdRateHz);
  assert.equal(rhythm.tempoBpm, null);
  // Noise flickers: once in two seconds it may pass for an attack by chance.
  assert.ok(rhythm.onsetsSeconds.length <= 15, `${rhythm.onsetsSeconds.length} onsets`);
});

test('no beats are found in the silence around the music', async () => {
  const beats = everyBeat(120, 8.1, 24);
  const { rhythm } = await measureMusic([clicks(beats, 34, cdRateHz)], cdRateHz);
  assertSame(rhythm.beatsSeconds, beats, 0.01);
});

test('samples that are no numbers, or too large, are not heard beyond their frames', async () => {
  const beats = everyBeat(100, 0.3, 19.5);
  const samples = clicks(beats, 20, cdRateHz);
  samples[300_000] = Number.NaN;
  samples[300_100] = Number.POSITIVE_INFINITY;
  samples[400_000] = -3e38;
  const { rhythm } = await measureMusic([samples], cdRateHz);
  assert.ok(Math.abs((rhythm.tempoBpm ?? 0) / 100 - 1) < 0.001);
  assert.ok(rhythm.beatsSeconds.every(Number.isFinite));
});

test('how the samples are cut into blocks changes nothing', async () => {
  const [piece] = pieces(1, 'training');
  assert.ok(piece);
  const { mix } = renderPiece({ ...piece.description, durationSeconds: 12 }, piece.seed);
  const whole = await measureMusic(mix, cdRateHz);
  const random = randomFrom(3);
  for (const blockFrames of [() => 4096, () => 1 + Math.floor(random() * 3000), () => 441]) {
    assert.deepEqual(await measureMusic(mix, cdRateHz, blockFrames), whole);
  }
});
