import { expect, test } from 'vitest';
import { bufferPeaks } from './buffer-peaks.ts';
import { firstSetting, stemGains } from './stem-gains.ts';
import { stemsRequest } from './stems-request.ts';

test('solo silences the others, mute silences even a solo', () => {
  const gains = (vocals: object, drums: object) =>
    Object.fromEntries(
      stemGains(
        new Map([
          ['vocals', { ...firstSetting, ...vocals }],
          ['drums', { ...firstSetting, ...drums }],
        ]),
      ),
    );
  expect(gains({}, {})).toEqual({ vocals: 1, drums: 1 });
  expect(gains({ volume: 0.4 }, { muted: true })).toEqual({ vocals: 0.4, drums: 0 });
  expect(gains({ solo: true }, {})).toEqual({ vocals: 1, drums: 0 });
  expect(gains({ solo: true }, { solo: true })).toEqual({ vocals: 1, drums: 1 });
  expect(gains({ solo: true, muted: true }, {})).toEqual({ vocals: 0, drums: 0 });
});

test('a picture has the lowest and highest of all channels', () => {
  const left = Float32Array.from({ length: 2_400 }, (_, at) => (at === 1_201 ? 0.5 : 0));
  const right = Float32Array.from({ length: 2_400 }, (_, at) => (at === 1_200 ? -0.25 : 0));
  const { low, high } = bufferPeaks([left, right]);
  expect(high.length).toBe(1_200);
  expect(high[600]).toBe(0.5);
  expect(low[600]).toBe(-0.25);
  expect(Math.max(...high.filter((_, at) => at !== 600), ...low)).toBe(0);
  expect(bufferPeaks([Float32Array.of(1)])).toEqual({ low: [0], high: [1] });
});

test('all of a mode are asked for by one word, some by their names', () => {
  expect(stemsRequest('a', 'n', { mode: 'two', stems: ['vocals', 'accompaniment'], format: 'wav' }).params).toEqual({
    mode: 'two',
    stems: 'all',
    format: 'wav',
  });
  expect(stemsRequest('a', 'n', { mode: 'four', stems: ['drums', 'bass'], format: 'mp3' }).params).toMatchObject({
    stems: 'drums,bass',
  });
});
