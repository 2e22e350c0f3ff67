import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pieces } from '../../../../test/support/music/catalogue.ts';
import { evaluate, meanScore } from '../../../../test/support/music/evaluation.ts';
import { scoreKey, scoreTempo } from '../../../../test/support/music/scores.ts';

/** All styles twenty times, all keys nine times. `npm run bench -- music` prints the same by style. */
test('tempo and key of 220 generated pieces', async (context) => {
  const evaluated = await evaluate(pieces(220));
  const mean = (name: Parameters<typeof meanScore>[1]) => meanScore(evaluated, name);
  const names = ['acc1', 'acc2', 'keyExact', 'keyWeighted', 'beatF', 'onsetF', 'detuningErrorCents'] as const;
  for (const name of names) context.diagnostic(`${name} ${mean(name).toFixed(3)}`);
  assert.ok(mean('acc1') >= 0.85);
  assert.ok(mean('acc2') >= 0.97);
  assert.ok(mean('keyExact') >= 0.85);
  // No goal was set for these. Half of all beats are hit by a grid that knows the tempo and nothing else; a semitone has 100 cents.
  assert.ok(mean('beatF') >= 0.8);
  assert.ok(mean('onsetF') >= 0.8);
  assert.ok(mean('detuningErrorCents') <= 5);
});

test('scores are those of MIREX', () => {
  assert.deepEqual(scoreTempo(124, 120), { acc1: 1, acc2: 1 });
  assert.deepEqual(scoreTempo(125, 120), { acc1: 0, acc2: 0 });
  assert.deepEqual(scoreTempo(61, 120), { acc1: 0, acc2: 1 });
  assert.deepEqual(scoreTempo(40, 120), { acc1: 0, acc2: 1 });
  assert.deepEqual(scoreTempo(null, 120), { acc1: 0, acc2: 0 });
  const weights = { 'C major': 1, 'G major': 0.5, 'F major': 0.5, 'A minor': 0.3, 'C minor': 0.2, 'E minor': 0 };
  for (const [found, weighted] of Object.entries(weights)) {
    assert.deepEqual(scoreKey(found, 'C major'), { exact: Number(weighted === 1), weighted });
  }
  assert.equal(scoreKey('C major', 'A minor').weighted, 0.3);
  assert.equal(scoreKey(null, 'A minor').weighted, 0);
});
