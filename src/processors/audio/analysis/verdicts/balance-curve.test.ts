import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { genreNames } from '../params.ts';
import { balanceCurve, differenceToCurve, thirdOctaveCentersHz } from './balance-curve.ts';
import { popSpectrum, tilted } from './test-measured.ts';

const at = (genre: Parameters<typeof balanceCurve>[0], hz: number) =>
  balanceCurve(genre)?.find(({ centerHz }) => centerHz === hz)?.db ?? Number.NaN;

describe('curves of genres', () => {
  for (const genre of genreNames.filter((name) => name !== 'none')) {
    test(`${genre} has all thirds of octaves, and a mean of zero from 63 Hz to 8 kHz`, () => {
      const curve = balanceCurve(genre) ?? [];
      assert.deepEqual(
        curve.map(({ centerHz }) => centerHz),
        [...thirdOctaveCentersHz],
      );
      const middle = curve.filter(({ centerHz }) => centerHz >= 63 && centerHz <= 8_000);
      assert.ok(Math.abs(middle.reduce((sum, { db }) => sum + db, 0)) < 1e-9);
      for (const { toleranceDb } of curve) assert.ok(toleranceDb >= 4 && toleranceDb < 10);
    });
  }

  test('pop falls as published: 5 dB an octave of power density, 2 dB in thirds of octaves', () => {
    const octaves = Math.log2(4_000 / 500);
    assert.ok(Math.abs((at('pop', 4_000) - at('pop', 500)) / octaves + 2) < 0.05);
  });

  test('speech is what Byrne and others measured: 54.4 dB at 100 Hz against 62.1 dB at 500 Hz, 45.6 dB at 4 kHz', () => {
    assert.ok(Math.abs(at('speech', 100) - at('speech', 500) - (54.4 - 62.1)) < 1e-9);
    assert.ok(Math.abs(at('speech', 4_000) - at('speech', 500) - (45.6 - 62.1)) < 1e-9);
  });

  test('no genre, no curve', () => assert.equal(balanceCurve('none'), null));
});

describe('difference to a curve', () => {
  const curve = balanceCurve('pop') ?? [];

  test('a recording on the curve differs nowhere, however loud it is', () => {
    const compared = differenceToCurve(popSpectrum(-47), curve);
    assert.ok(Math.abs((compared?.offsetDb ?? 0) + 47) < 1e-9);
    for (const { db } of compared?.bands ?? []) assert.ok(Math.abs(db ?? 1) < 1e-9);
  });

  test('one region that sticks out does not move the others', () => {
    const compared = differenceToCurve(tilted({ treble: 20 }), curve);
    assert.ok(Math.abs(compared?.bands.find(({ centerHz }) => centerHz === 1_000)?.db ?? 1) < 1e-9);
    assert.ok(Math.abs((compared?.bands.find(({ centerHz }) => centerHz === 10_000)?.db ?? 0) - 20) < 1e-9);
  });

  test('bands without a level stay so; without any, there is nothing to compare', () => {
    const silentBass = popSpectrum().map(({ centerHz, db }) => ({ centerHz, db: centerHz < 60 ? null : db }));
    assert.equal(differenceToCurve(silentBass, curve)?.bands[0]?.db, null);
    assert.equal(
      differenceToCurve(
        silentBass.map(({ centerHz }) => ({ centerHz, db: null })),
        curve,
      ),
      null,
    );
    assert.equal(differenceToCurve([], curve), null);
  });
});
