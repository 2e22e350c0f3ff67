import { expect, test } from 'vitest';
import { curveRange, genreCurve, lineAt, referenceCurve } from './spectrum-data.ts';

const line = [
  { hz: 100, db: -10 },
  { hz: 400, db: -30 },
  { hz: 1_600, db: null },
];

test('between its points a line is straight over octaves, and beyond its ends there is none', () => {
  expect(lineAt(line, 200)).toBeCloseTo(-20, 9);
  expect(lineAt(line, 400)).toBeCloseTo(-30, 9);
  expect(lineAt(line, 800)).toBeNull();
  expect(lineAt(line, 50)).toBeNull();
  expect(lineAt(line, 2_000)).toBeNull();
});

test('no genre has no curve, and a recording that is one follows it', () => {
  const thirds = [63, 125, 250, 500, 1_000, 2_000, 4_000, 8_000].map((centerHz) => ({ centerHz, db: -30 }));
  expect(genreCurve(thirds, 'none')).toBeUndefined();
  const curve = genreCurve(thirds, 'rock');
  expect(curve).toBeDefined();
  const own = thirds.map(({ centerHz }) => ({ centerHz, db: lineAt(curve ?? [], centerHz) }));
  const again = genreCurve(own, 'rock');
  for (const { centerHz } of thirds) {
    expect(lineAt(again ?? [], centerHz)).toBeCloseTo(lineAt(curve ?? [], centerHz) ?? Number.NaN, 6);
  }
});

test('the reference is shown as loud as the recording', () => {
  const reference = { integratedLufs: -12, rangeLu: 5, truePeakDbtp: -1, thirdOctaveDb: [], curve: line };
  const comparison = { reference, loudnessDb: 3, rangeLu: 0, plrDb: 0, widthPercent: 0, thirdOctaveDb: [], bands: [] };
  expect(referenceCurve({ comparison })).toEqual([
    { hz: 100, db: -7 },
    { hz: 400, db: -27 },
    { hz: 1_600, db: null },
  ]);
  expect(referenceCurve({})).toBeUndefined();
});

test('a chart has room above the highest and not for all below it', () => {
  expect(curveRange([-12, -33, null])).toEqual([-40, -10]);
  expect(curveRange([-25, -200])).toEqual([-90, -20]);
  expect(curveRange([null])).toEqual([-80, 0]);
});
