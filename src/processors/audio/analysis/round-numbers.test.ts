import assert from 'node:assert/strict';
import { test } from 'node:test';
import { roundNumbers } from './round-numbers.ts';

test('numbers are rounded by what they count, and JSON has all of them', () => {
  const measured = {
    durationSeconds: 1 / 3,
    loudness: { integratedLufs: -14.00499, truePeakDbtp: Number.NEGATIVE_INFINITY, rangeStable: true },
    dynamics: { dcOffset: 0.000_012_34, rmsDbfs: -0.001 },
    rhythm: { beatsSeconds: [0.123_456, 1], tempoBpm: Number.NaN },
    spectrum: { centroidHz: 1234.567 },
    sampleRateHz: 44_100,
    stereo: null,
  };
  assert.deepEqual(roundNumbers(measured), {
    durationSeconds: 0.3333,
    loudness: { integratedLufs: -14, truePeakDbtp: null, rangeStable: true },
    dynamics: { dcOffset: 0.000_012, rmsDbfs: 0 },
    rhythm: { beatsSeconds: [0.1235, 1], tempoBpm: null },
    spectrum: { centroidHz: 1234.6 },
    sampleRateHz: 44_100,
    stereo: null,
  });
});
