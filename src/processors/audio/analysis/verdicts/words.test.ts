import assert from 'node:assert/strict';
import { test } from 'node:test';
import { english, portuguese } from './words.ts';

test('numbers have at most one decimal, the decimal mark of the language and a real minus', () => {
  assert.deepEqual(
    [-14, -14.04, -13.96, 0.05, -0.04, 1_234.56].map((value) => english.number(value)),
    ['−14', '−14', '−14', '0.1', '0', '1234.6'],
  );
  assert.deepEqual(
    [-8.34, 0.25].map((value) => portuguese.number(value)),
    ['−8,3', '0,3'],
  );
  assert.deepEqual(
    [2, -2, 0.04].map((value) => english.signed(value)),
    ['+2', '−2', '0'],
  );
});

test('units, counts and times are written as each language does', () => {
  assert.equal(english.lufs(-8.34), '−8.3 LUFS');
  assert.deepEqual([0.964, -0.5, 0.001].map(portuguese.correlation), ['+0,96', '−0,50', '0,00']);
  assert.deepEqual([english.percent(32), portuguese.percent(32)], ['32%', '32 %']);
  assert.deepEqual([english.count(1_234_567), portuguese.count(4_812)], ['1,234,567', '4.812']);
  assert.deepEqual(
    [english.frequency(80), english.frequency(1_480), portuguese.band(1_250)],
    ['80 Hz', '1.5 kHz', '1,25 kHz'],
  );
  assert.deepEqual(
    [0.9, 187, 3_765].map((seconds) => english.time(seconds)),
    ['0:00', '3:07', '1:02:45'],
  );
});
