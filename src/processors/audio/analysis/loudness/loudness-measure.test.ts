import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stereoTones } from '../../../../../test/support/audio/ebu-signals.ts';
import { ffmpegLoudness } from '../../../../../test/support/audio/ffmpeg-loudness.ts';
import { measureSamples, type Recording, surround } from '../../../../../test/support/audio/measure-samples.ts';
import { musicLike } from '../../../../../test/support/audio/music-like.ts';
import { synthesise } from '../../../../../test/support/audio/synthesise.ts';
import { createLoudnessMeasure } from './loudness-measure.ts';

const measure = (recording: Recording, blockFrames?: readonly number[]) =>
  measureSamples(createLoudnessMeasure, recording, blockFrames);

const song = (sampleRateHz: number, seconds: number, seeds: readonly number[], drive = 1) => ({
  sampleRateHz,
  channels: seeds.map((seed) => musicLike(sampleRateHz, seconds, seed, drive)),
});
const comparisons: readonly (readonly [string, Recording])[] = [
  ['noise, mono', { sampleRateHz: 44_100, channels: synthesise(44_100, 20, [[{ noiseSeed: 1, amplitude: 0.4 }]]) }],
  [
    'noise and a tone, stereo',
    {
      sampleRateHz: 48_000,
      channels: synthesise(48_000, 20, [[{ noiseSeed: 2, amplitude: 0.1 }], [{ toneHz: 60, amplitude: 0.5 }]]),
    },
  ],
  [
    'tones',
    {
      sampleRateHz: 96_000,
      channels: synthesise(96_000, 12, [[{ toneHz: 55, amplitude: 0.7 }], [{ toneHz: 9_000, amplitude: 0.2 }]]),
    },
  ],
  ['music, mono', song(22_050, 60, [3])],
  ['music, stereo', song(44_100, 60, [1, 2])],
  ['crushed music, stereo', song(48_000, 40, [4, 5], 6)],
  ['music, 5.1', { ...song(48_000, 40, [1, 2, 3, 4, 5, 6]), layout: surround }],
];

for (const [name, recording] of comparisons) {
  test(`ffmpeg finds the same loudness and range: ${name}, ${recording.sampleRateHz} Hz`, async () => {
    const { loudness } = await measure(recording);
    const { integratedLufs, rangeLu } = await ffmpegLoudness(recording);
    assert.ok(
      Math.abs(Number(loudness.integratedLufs) - integratedLufs) < 0.05,
      `${loudness.integratedLufs}, ${integratedLufs}`,
    );
    assert.ok(Math.abs(Number(loudness.rangeLu) - rangeLu) < 0.1, `${loudness.rangeLu}, ${rangeLu}`);
  });
}

test('how a recording is cut into blocks does not matter', async () => {
  const recording = song(44_100, 4.321, [7, 8], 3);
  const whole = await measure(recording);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 16_384 }), { minLength: 1, maxLength: 40 }),
      async (lengths) => {
        assert.deepEqual(await measure(recording, lengths), whole);
      },
    ),
    { numRuns: 25 },
  );
});

for (const [name, seconds, sampleRateHz] of [
  ['silence', 5, 44_100],
  ['less than a hop of silence', 0.004, 48_000],
  ['nothing', 0, 44_100],
] as const) {
  test(`${name} has no level, and no number that is none`, async () => {
    const silence = new Float32Array(seconds * sampleRateHz);
    const { loudness, series } = await measure({ sampleRateHz, channels: [silence, silence] });
    assert.deepEqual(loudness, {
      integratedLufs: null,
      maxShortTermLufs: null,
      maxMomentaryLufs: null,
      rangeLu: null,
      rangeStable: false,
      truePeakDbtp: null,
      samplePeakDbfs: null,
      plrDb: null,
      channelTruePeaksDbtp: [null, null],
      peaks: [],
    });
    for (const values of Object.values(series)) {
      assert.equal(values.length, Math.ceil(seconds * 10));
      assert.ok(values.every((value: number) => value === Number.NEGATIVE_INFINITY));
    }
  });
}

test('silence after sound is silence again', async () => {
  const recording = stereoTones(48_000, [
    { seconds: 4, dbfs: -10 },
    { seconds: 20, dbfs: null },
  ]);
  const { series } = await measure(recording);
  assert.equal(series.momentaryLufs.at(-1), Number.NEGATIVE_INFINITY);
  assert.equal(series.shortTermLufs.at(-1), Number.NEGATIVE_INFINITY);
  assert.equal(series.truePeakDbtp.at(-1), Number.NEGATIVE_INFINITY);
});

test('a recording that is shorter than a window has nothing to say about it', async () => {
  const of = async (seconds: number) => (await measure(stereoTones(48_000, [{ seconds, dbfs: -20 }]))).loudness;
  const [blink, moment, short] = [await of(0.39), await of(0.5), await of(3.1)];
  assert.deepEqual([blink.integratedLufs, blink.maxMomentaryLufs, blink.maxShortTermLufs], [null, null, null]);
  assert.ok(Math.abs(Number(blink.truePeakDbtp) + 20) < 0.1);
  assert.ok(Math.abs(Number(moment.integratedLufs) + 20) < 0.1);
  assert.ok(Math.abs(Number(moment.maxMomentaryLufs) + 20) < 0.1);
  assert.deepEqual([moment.maxShortTermLufs, moment.rangeLu], [null, null]);
  assert.ok(Math.abs(Number(short.maxShortTermLufs) + 20) < 0.1);
});

test('range is called stable from a minute on', async () => {
  const of = async (seconds: number) => (await measure(stereoTones(8_000, [{ seconds, dbfs: -20 }], 100))).loudness;
  assert.equal((await of(59)).rangeStable, false);
  assert.equal((await of(60)).rangeStable, true);
});

test('repeating a programme changes neither its loudness nor its range', async () => {
  const once = song(44_100, 48, [11]).channels[0] ?? new Float32Array();
  const twice = new Float32Array(2 * once.length);
  twice.set(once);
  twice.set(once, once.length);
  const [one, two] = [
    await measure({ sampleRateHz: 44_100, channels: [once] }),
    await measure({ sampleRateHz: 44_100, channels: [twice] }),
  ];
  assert.ok(Math.abs(Number(one.loudness.integratedLufs) - Number(two.loudness.integratedLufs)) < 0.05);
  assert.ok(Math.abs(Number(one.loudness.rangeLu) - Number(two.loudness.rangeLu)) < 0.5);
});

for (const sampleRateHz of [8_000, 11_025, 32_000, 176_400, 192_000, 384_000]) {
  test(`a tone at -23 dBFS has -23 LUFS at ${sampleRateHz} Hz`, async () => {
    const { loudness, series } = await measure(stereoTones(sampleRateHz, [{ seconds: 4, dbfs: -23 }]));
    for (const key of ['integratedLufs', 'maxMomentaryLufs', 'maxShortTermLufs'] as const) {
      assert.ok(Math.abs(Number(loudness[key]) + 23) < 0.1, `${key}: ${loudness[key]}`);
    }
    assert.equal(series.momentaryLufs.length, 40);
  });
}

test('peak to loudness ratio and sample peak are what they say', async () => {
  const { loudness } = await measure(song(44_100, 5, [1, 2]));
  assert.equal(loudness.plrDb, Number(loudness.truePeakDbtp) - Number(loudness.integratedLufs));
  const samples = song(44_100, 5, [1, 2]).channels.flatMap((channel) => [...channel]);
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  assert.ok(Math.abs(Number(loudness.samplePeakDbfs) - 20 * Math.log10(peak)) < 1e-6);
});
