import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Biquad, kWeightingFilters } from './k-weighting.ts';

/** ITU-R BS.1770-5, tables 1 and 2; for 44.1 kHz, what libebur128 has. */
const published = [
  {
    sampleRateHz: 48_000,
    shelf: {
      b: [1.53512485958697, -2.69169618940638, 1.19839281085285],
      a: [-1.69065929318241, 0.73248077421585],
    },
    highPass: { b: [1, -2, 1], a: [-1.99004745483398, 0.99007225036621] },
  },
  {
    sampleRateHz: 44_100,
    shelf: {
      b: [1.53084123005035, -2.65097999515473, 1.16907907992159],
      a: [-1.66365511325602, 0.712595428073225],
    },
    highPass: { b: [1, -2, 1], a: [-1.9891696736298, 0.989199035787039] },
  },
];

for (const { sampleRateHz, ...filters } of published) {
  test(`coefficients at ${sampleRateHz} Hz are the published ones`, () => {
    const own = kWeightingFilters(sampleRateHz);
    for (const name of ['shelf', 'highPass'] as const) {
      for (const part of ['b', 'a'] as const) {
        filters[name][part].forEach((expected, i) => {
          const actual = own[name][part][i] ?? Number.NaN;
          assert.ok(Math.abs(actual - expected) < 1e-9, `${name} ${part}${i}: ${actual} instead of ${expected}`);
        });
      }
    }
  });
}

for (const sampleRateHz of [32_000, 44_100, 88_200, 96_000, 176_400, 192_000, 384_000]) {
  test(`the response at ${sampleRateHz} Hz is that at 48 kHz, to 14 kHz within 0.05 dB`, () => {
    for (let hz = 20; hz < 14_000; hz *= 1.1) {
      const difference = responseDb(sampleRateHz, hz) - responseDb(48_000, hz);
      assert.ok(Math.abs(difference) < 0.05, `${difference} dB at ${hz} Hz`);
    }
  });
}

function responseDb(sampleRateHz: number, hz: number): number {
  const { shelf, highPass } = kWeightingFilters(sampleRateHz);
  const turn = (2 * Math.PI * hz) / sampleRateHz;
  return 10 * Math.log10(powerResponse(shelf, turn) * powerResponse(highPass, turn));
}

function powerResponse({ b, a }: Biquad, turn: number): number {
  const power = (c: readonly number[]) => {
    const [re, im] = [Math.cos, Math.sin].map((wave) => c.reduce((sum, value, i) => sum + value * wave(i * turn), 0));
    return (re ?? 0) ** 2 + (im ?? 0) ** 2;
  };
  return power(b) / power([1, ...a]);
}
