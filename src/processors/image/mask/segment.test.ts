import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Look, Precision, Segmenter } from './isnet/segmenter.ts';
import { segment } from './segment.ts';

/** A network that answers each look with a mask of this softness. */
function network(quick: Precision, answer: (look: Look) => number) {
  const looks: Look[] = [];
  const look = async (each: Look) => {
    looks.push(each);
    return { sizePx: each.sizePx, alpha: new Uint8Array(16).fill(answer(each)), provider: 'cpu' };
  };
  return { looks, segmenter: { quick, look } as unknown as Segmenter };
}

const noPixels = async () => new Uint8Array();
const sure = () => 255;
const unsure = () => 128;
const exact: Look = { precision: 'float', sizePx: 1024 };

test('each quality looks at its own size', async () => {
  const expected = {
    best: exact,
    balanced: { precision: 'int8', sizePx: 768 },
    fast: { precision: 'int8', sizePx: 512 },
  };
  for (const [quality, look] of Object.entries(expected)) {
    const { looks, segmenter } = network('int8', unsure);
    await segment(segmenter, quality as keyof typeof expected, noPixels);
    assert.deepEqual(looks, [look]);
  }
});

test('auto is content with a quick look that is sure', async () => {
  const { looks, segmenter } = network('int8', sure);
  const result = await segment(segmenter, 'auto', noPixels);
  assert.deepEqual(looks, [{ precision: 'int8', sizePx: 1024 }]);
  assert.deepEqual([result.looks, result.confidence], [1, 1]);
});

test('auto looks again, exactly, when the quick look is unsure, and takes the second answer', async () => {
  const { looks, segmenter } = network('int8', ({ precision }) => (precision === 'float' ? 255 : 128));
  const result = await segment(segmenter, 'auto', noPixels);
  assert.deepEqual(looks, [{ precision: 'int8', sizePx: 1024 }, exact]);
  assert.deepEqual([result.look, result.looks, result.confidence], [exact, 2, 1]);
});

test('where integers are not exact, auto starts small in float', async () => {
  const { looks, segmenter } = network('float', unsure);
  await segment(segmenter, 'auto', noPixels);
  assert.deepEqual(looks, [{ precision: 'float', sizePx: 512 }, exact]);
});

test('auto does not look again at nothing', async () => {
  const { looks, segmenter } = network('int8', () => 0);
  const result = await segment(segmenter, 'auto', noPixels);
  assert.deepEqual([looks.length, result.confidence], [1, 0]);
});
