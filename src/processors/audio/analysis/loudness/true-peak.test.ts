import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureSamples } from '../../../../../test/support/audio/measure-samples.ts';
import { musicLike } from '../../../../../test/support/audio/music-like.ts';
import { noise, synthesise } from '../../../../../test/support/audio/synthesise.ts';
import { truePeakReference } from '../../../../../test/support/audio/true-peak-reference.ts';
import { hopStart } from '../hops.ts';
import { createLoudnessMeasure } from './loudness-measure.ts';

const sampleRateHz = 44_100;
const decibels = (amplitude: number) => 20 * Math.log10(amplitude);
const highest = (values: Float64Array) => values.reduce((most, value) => Math.max(most, value), 0);
const random = noise(9);

const signals: readonly (readonly [string, readonly Float32Array[]])[] = [
  ['noise', synthesise(sampleRateHz, 1.234, [[{ noiseSeed: 1, amplitude: 0.7 }], [{ noiseSeed: 2, amplitude: 0.5 }]])],
  [
    'tones',
    synthesise(sampleRateHz, 1, [
      [{ toneHz: 11_025, amplitude: 0.8, phaseRadians: 0.7 }],
      [{ toneHz: 18_001, amplitude: 0.9 }],
    ]),
  ],
  ['signs of noise', [Float32Array.from({ length: 22_050 }, () => (random() > 0 ? 0.9 : -0.9))]],
  ['a click and silence', [Float32Array.from({ length: 30_000 }, (_, i) => (i === 12_345 ? 1 : 0))]],
  ['open music', [musicLike(sampleRateHz, 2.5, 1), musicLike(sampleRateHz, 2.5, 2)]],
  [
    'crushed music',
    [8, 9].map((seed) => musicLike(sampleRateHz, 2, seed, 9).map((x) => Math.max(-0.95, Math.min(0.95, 1.6 * x)))),
  ],
];

for (const [name, channels] of signals) {
  test(`nothing is missed in ${name}: channels, steps and places are those of plain interpolation`, async () => {
    const { loudness, series } = await measureSamples(createLoudnessMeasure, { sampleRateHz, channels });
    const references = channels.map(truePeakReference);
    const same = (actual: number | null | undefined, expected: number, what: string) => {
      if (expected === 0) assert.ok(actual === null || actual === Number.NEGATIVE_INFINITY, what);
      else assert.ok(Math.abs(Number(actual) - decibels(expected)) < 1e-3, `${what}: ${actual}, ${decibels(expected)}`);
    };
    references.forEach((reference, channel) => {
      same(loudness.channelTruePeaksDbtp[channel], highest(reference), `channel ${channel}`);
    });
    same(loudness.truePeakDbtp, Math.max(...references.map(highest)), 'all');
    assert.equal(series.truePeakDbtp.length, Math.ceil((references[0]?.length ?? 0) / 4_410));
    series.truePeakDbtp.forEach((value, step) => {
      const [from, to] = [4_410 * step, 4_410 * (step + 1)];
      same(value, Math.max(...references.map((reference) => highest(reference.subarray(from, to)))), `step ${step}`);
    });
    const expectedPlaces = references
      .flatMap(placesOf)
      .sort((a, b) => b.peak - a.peak)
      .slice(0, 100);
    assert.equal(loudness.peaks.length, expectedPlaces.length);
    const found = loudness.peaks.toSorted((a, b) => b.dbtp - a.dbtp);
    expectedPlaces.forEach(({ peak, startFrame, endFrame, channel }, index) => {
      const place = found[index];
      same(place?.dbtp, peak, `place ${index}`);
      assert.deepEqual(
        [place?.channel, place?.startSeconds, place?.endSeconds],
        [channel, startFrame / sampleRateHz, endFrame / sampleRateHz],
      );
    });
  });
}

/** Neighbouring stretches of 10 ms above −1 dBTP. */
function placesOf(reference: Float64Array, channel: number) {
  const places: { peak: number; startFrame: number; endFrame: number; channel: number }[] = [];
  for (let hop = 0; hopStart(hop, sampleRateHz) < reference.length; hop++) {
    const startFrame = hopStart(hop, sampleRateHz);
    const endFrame = Math.min(hopStart(hop + 1, sampleRateHz), reference.length);
    const peak = highest(reference.subarray(startFrame, endFrame));
    const last = places.at(-1);
    if (peak <= 10 ** (-1 / 20)) continue;
    if (last?.endFrame === startFrame) Object.assign(last, { endFrame, peak: Math.max(last.peak, peak) });
    else places.push({ peak, startFrame, endFrame, channel });
  }
  return places;
}

for (const [rate, hz] of [
  [44_100, 1_000],
  [44_100, 19_800],
  [48_000, 12_000],
  [96_000, 20_000],
  [384_000, 96_000],
  [8_000, 3_500],
] as const) {
  test(`a tone of ${hz} Hz at full scale has 0 dBTP at ${rate} Hz, wherever its samples fall`, async () => {
    for (const phase of [0, 0.3, Math.PI / 4, 1.1]) {
      const length = rate / 10;
      const tone = Float32Array.from({ length }, (_, i) => {
        const rise = Math.min(1, i / (length / 4), (length - i) / (length / 4));
        return rise * Math.sin((2 * Math.PI * hz * i) / rate + phase);
      });
      const { loudness } = await measureSamples(createLoudnessMeasure, { sampleRateHz: rate, channels: [tone] });
      assert.ok(Math.abs(loudness.truePeakDbtp ?? Number.NaN) < 0.06, `${loudness.truePeakDbtp}`);
    }
  });
}
