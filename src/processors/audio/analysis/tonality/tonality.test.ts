import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureMusic } from '../../../../../test/support/music/measure-samples.ts';
import { frequencyHz, pitchNames } from '../../../../../test/support/music/piece.ts';
import { randomFrom } from '../../../../../test/support/random.ts';

const cdRateHz = 44_100;

interface Sound {
  readonly midi: readonly number[];
  readonly seconds: number;
}

/** Chords one after the other, each tone with four harmonics. */
function play(sounds: readonly Sound[], detuningCents: number, sampleRateHz = cdRateHz): Float32Array {
  const parts = sounds.map(({ midi, seconds }) =>
    Float32Array.from({ length: Math.round(seconds * sampleRateHz) }, (_, i) => {
      let sum = 0;
      for (const note of midi) {
        const turns = (frequencyHz(note, detuningCents) * i) / sampleRateHz;
        for (let n = 1; n <= 4; n += 1) sum += Math.sin(2 * Math.PI * n * turns) / n ** 2;
      }
      return (0.3 * sum) / midi.length;
    }),
  );
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const triad = (root: number, third: number): Sound => ({ midi: [root, root + third, root + 7], seconds: 1 });

/** I IV V I with the third of the mode; V is major in both, as in textbooks. */
const cadence = (tonic: number, third: number) => [
  triad(tonic, third),
  triad(tonic + 5, third),
  triad(tonic + 7, 4),
  triad(tonic, third),
];

test('a cadence is in its key, in all 24', async () => {
  for (const [tonic, name] of pitchNames.entries()) {
    for (const [mode, third] of [
      ['major', 4],
      ['minor', 3],
    ] as const) {
      const { tonality } = await measureMusic([play(cadence(54 + ((tonic + 6) % 12), third), 0)], cdRateHz);
      assert.equal(tonality.key, `${name} ${mode}`);
      assert.ok(tonality.confidence > (tonality.runnerUp?.confidence ?? 1));
      assert.notEqual(tonality.runnerUp?.key, tonality.key);
    }
  }
});

test('a triad is its three tones, the strongest 1', async () => {
  const { tonality } = await measureMusic([play([{ midi: [60, 64, 67], seconds: 3 }], 0)], cdRateHz);
  const strongest = tonality.chroma
    .map((strength, pitch) => ({ strength, pitch }))
    .toSorted((a, b) => b.strength - a.strength);
  assert.deepEqual(new Set(strongest.slice(0, 3).map(({ pitch }) => pitch)), new Set([0, 4, 7]));
  assert.equal(strongest[0]?.strength, 1);
  assert.equal(tonality.chroma.length, 12);
});

for (const cents of [-45, -20, -5, 0, 10, 33, 45]) {
  test(`A at 440 Hz and ${cents} cents is ${cents} cents off`, async () => {
    const hz = 440 * 2 ** (cents / 1200);
    const samples = Float32Array.from(
      { length: 3 * cdRateHz },
      (_, i) => 0.3 * Math.sin((2 * Math.PI * hz * i) / cdRateHz),
    );
    const { tonality } = await measureMusic([samples], cdRateHz);
    assert.ok(Math.abs((tonality.detuningCents ?? 99) - cents) < 1, `${tonality.detuningCents}`);
    assert.equal(tonality.chroma.indexOf(1), 9);
  });
}

test('a cadence 40 cents off is still in its key', async () => {
  for (const cents of [-40, 40]) {
    const { tonality } = await measureMusic([play(cadence(57, 3), cents)], cdRateHz);
    assert.equal(tonality.key, 'A minor');
    assert.ok(Math.abs((tonality.detuningCents ?? 99) - cents) < 4, `${tonality.detuningCents}`);
  }
});

test('the key is the same at other sample rates, in stereo and under noise', async () => {
  for (const sampleRateHz of [8000, 22_050, 48_000, 96_000, 192_000]) {
    const random = randomFrom(5);
    const samples = play(cadence(61, 4), 12, sampleRateHz).map((sample) => sample + 0.02 * (random() - 0.5));
    const { tonality } = await measureMusic([samples, samples], sampleRateHz);
    assert.equal(tonality.key, 'C# major', `at ${sampleRateHz} Hz`);
    assert.ok(Math.abs((tonality.detuningCents ?? 99) - 12) < 4);
  }
});

test('nothing has a pitch in silence, in noise, in a click and in one sample', async () => {
  const random = randomFrom(11);
  const white = Float32Array.from({ length: 20 * cdRateHz }, () => 0.4 * (random() - 0.5));
  let last = 0;
  const brown = white.map((sample) => {
    last = 0.99 * last + 0.1 * sample;
    return last;
  });
  const click = new Float32Array(cdRateHz / 100);
  click[200] = 1;
  for (const samples of [new Float32Array(cdRateHz), white, brown, click, new Float32Array(1)]) {
    const { tonality } = await measureMusic([samples], cdRateHz);
    assert.deepEqual(tonality, {
      key: null,
      confidence: 0,
      runnerUp: null,
      detuningCents: null,
      chroma: Array<number>(12).fill(0),
    });
  }
});
