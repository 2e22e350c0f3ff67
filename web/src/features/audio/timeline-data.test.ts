import { expect, test } from 'vitest';
import { loudnessRange, stretchesOf, timeTicks, valueAt } from './timeline-data.ts';

const count = 100;
const ramp = Array.from({ length: count }, (_, at) => -count + at);
const series = {
  stepSeconds: 0.5,
  momentaryLufs: ramp,
  shortTermLufs: ramp,
  truePeakDbtp: ramp.map((value) => value + 50),
  correlation: ramp.map((value) => value / 100),
  centroidHz: ramp,
  bandsDb: [ramp.map(() => null)],
};

test('each stretch has its highest levels and its lowest correlation', () => {
  const stretches = stretchesOf(series, 50);
  expect(stretches.length).toBe(50);
  expect(stretches[0]).toMatchObject({ startSeconds: 0, endSeconds: 1, momentaryLufs: -99, correlation: -1 });
  expect(stretches.at(-1)).toMatchObject({ startSeconds: 49, endSeconds: 50, truePeakDbtp: 49, bandsDb: [null] });
});

test('there are sixty at most, however long it is, and they reach the end', () => {
  for (const seconds of [0.4, 61, 240, 3_601, 10_800, 99_999]) {
    const stretches = stretchesOf({ ...series, stepSeconds: seconds / count }, seconds);
    expect(stretches.length).toBeLessThanOrEqual(60);
    expect(stretches.at(-1)?.endSeconds).toBeCloseTo(seconds, 6);
  }
});

test('the value at a time is that of its step, also beyond the end', () => {
  expect(valueAt(ramp, 0.5, 0)).toBe(-100);
  expect(valueAt(ramp, 0.5, 0.99)).toBe(-99);
  expect(valueAt(ramp, 0.5, 1_000)).toBe(-1);
});

test('the chart reaches above full scale, and low enough for what is quiet', () => {
  expect(loudnessRange(series)).toEqual([-70, 51]);
  const nothing = series.momentaryLufs.map(() => null);
  expect(loudnessRange({ ...series, shortTermLufs: nothing, truePeakDbtp: nothing })).toEqual([-50, 2]);
});

test('time marks are round, and no more than there is room for', () => {
  expect(timeTicks(225, 8)).toEqual([30, 60, 90, 120, 150, 180, 210]);
  // The last would hang over the edge.
  expect(timeTicks(10_800, 4)).toEqual([3_600, 7_200]);
});
