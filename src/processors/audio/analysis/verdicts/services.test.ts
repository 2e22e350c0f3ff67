import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { targetNames } from '../params.ts';
import { serviceOutcomes } from './services.ts';
import { ceilingDbtp, serviceName, targetLufs, targets } from './targets.ts';
import { measuredOf } from './test-measured.ts';

function outcomes(integratedLufs: number | null, truePeakDbtp: number | null) {
  const all = serviceOutcomes(measuredOf({ loudness: { integratedLufs, truePeakDbtp } }));
  return Object.fromEntries(all.map(({ target, ...outcome }) => [target, outcome]));
}

describe('the gain of each service, by its published rule', () => {
  test("Spotify's own example: −20 LUFS that peaks at −5 is lifted to −16 only", () => {
    assert.deepEqual(outcomes(-20, -5)['spotify'], { gainDb: 4, playsAtLufs: -16, truePeakDbtp: -1 });
  });

  test('Spotify turns a loud master down to −14, and to −19 for those who want quiet', () => {
    const { spotify, 'spotify-quiet': quiet } = outcomes(-8, -0.5);
    assert.deepEqual(spotify, { gainDb: -6, playsAtLufs: -14, truePeakDbtp: -6.5 });
    assert.deepEqual(quiet, { gainDb: -11, playsAtLufs: -19, truePeakDbtp: -11.5 });
  });

  test('Spotify at its loudest goes to −11 whatever the peak, which its limiter holds at −1', () => {
    assert.deepEqual(outcomes(-20, -5)['spotify-loud'], { gainDb: 9, playsAtLufs: -11, truePeakDbtp: -1 });
    assert.deepEqual(outcomes(-9, 0.4)['spotify-loud'], { gainDb: -2, playsAtLufs: -11, truePeakDbtp: -1.6 });
  });

  test('what peaks above the headroom already is not turned up, nor down for that', () => {
    assert.deepEqual(outcomes(-17, -0.2)['spotify'], { gainDb: 0, playsAtLufs: -17, truePeakDbtp: -0.2 });
  });

  test('YouTube and TIDAL turn down, never up', () => {
    for (const name of ['youtube', 'tidal']) {
      assert.deepEqual(outcomes(-20, -5)[name], { gainDb: 0, playsAtLufs: -20, truePeakDbtp: -5 });
      assert.deepEqual(outcomes(-9.5, -1)[name], { gainDb: -4.5, playsAtLufs: -14, truePeakDbtp: -5.5 });
    }
  });

  test('in a club nobody changes anything', () => {
    assert.deepEqual(outcomes(-20, -5)['club'], { gainDb: 0, playsAtLufs: -20, truePeakDbtp: -5 });
  });

  test('silence stays silence', () => {
    assert.deepEqual(outcomes(null, null)['spotify'], { gainDb: null, playsAtLufs: null, truePeakDbtp: null });
  });
});

test('no service plays louder than its level, nor lifts peaks above its headroom', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -69, max: 3, noNaN: true }),
      fc.double({ min: 0, max: 30, noNaN: true }),
      (lufs, plr) => {
        const peak = lufs + plr;
        for (const [name, { gainDb, playsAtLufs, truePeakDbtp }] of Object.entries(outcomes(lufs, peak))) {
          const target = targets[name as keyof typeof targets];
          if (target === undefined || gainDb === null || playsAtLufs === null || truePeakDbtp === null) continue;
          if (target.kind !== 'as-is') assert.ok(playsAtLufs <= target.lufs + 0.1, `${name} plays at ${playsAtLufs}`);
          if (gainDb > 0) assert.ok(truePeakDbtp <= -1 + 0.15, `${name} lifts peaks to ${truePeakDbtp}`);
        }
      },
    ),
  );
});

test('every target that can be asked for is there, with a source and a name in both languages', () => {
  assert.deepEqual(Object.keys(targets), [...targetNames]);
  for (const [name, { sources }] of Object.entries(targets)) {
    assert.ok(sources.length > 0);
    for (const { url, readOn, kind, note = '' } of sources) {
      assert.match(url, /^https:\/\//);
      assert.match(readOn, /^\d{4}-\d\d-\d\d$/);
      // Who was not asked must say so.
      if (kind === 'secondary')
        assert.match(
          note,
          /not confirmed|no number|without a number|Told by|No standard|breaks off|what others/i,
          name,
        );
    }
    assert.ok(serviceName(name, 'en').length > 2 && serviceName(name, 'pt-BR').length > 2);
  }
});

test('ceilings and targets follow loudness and channels', () => {
  assert.deepEqual([ceilingDbtp(targets.spotify, -14), ceilingDbtp(targets.spotify, -13.9)], [-1, -2]);
  assert.deepEqual(
    [targetLufs(targets.podcast, 1), targetLufs(targets.podcast, 2), targetLufs(targets.spotify, 1)],
    [-19, -16, -14],
  );
});
