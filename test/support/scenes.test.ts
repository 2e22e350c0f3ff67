import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeScene, sceneKinds } from './scenes.ts';

const size = { widthPx: 320, heightPx: 256 };

for (const kind of sceneKinds) {
  describe(kind, () => {
    const scene = makeScene({ seed: 1, kind, ...size });

    test('the photo is the object over the background, to half a step', () => {
      for (let at = 0; at < scene.rgb.length; at++) {
        const alpha = (scene.alpha[Math.floor(at / 3)] ?? 0) / 255;
        const expected = alpha * (scene.foreground[at] ?? 0) + (1 - alpha) * (scene.background[at] ?? 0);
        if (Math.abs((scene.rgb[at] ?? 0) - expected) > 0.5001) assert.fail(`byte ${at} is not ${expected}`);
      }
    });

    test('the same seed gives the same bytes, another seed another photo', () => {
      assert.ok(makeScene({ seed: 1, kind, ...size }).rgb.equals(scene.rgb));
      assert.ok(!makeScene({ seed: 2, kind, ...size }).rgb.equals(scene.rgb));
    });

    if (kind === 'empty') return;

    test('there is an object with a soft edge, and background around it', () => {
      const partial = scene.alpha.filter((value) => value > 0 && value < 255).length;
      const visible = scene.alpha.filter((value) => value > 127).length;
      const share = visible / scene.alpha.length;
      assert.ok(partial > 500, `${partial} partly covered pixels`);
      assert.ok(share > 0.01 && share < 0.6, `${share} of the photo`);
      const border = [...scene.alpha.subarray(0, size.widthPx), ...scene.alpha.subarray(-size.widthPx)];
      assert.ok(border.every((value) => value === 0));
    });
  });
}

test('nothing is in the empty scene', () => {
  const { alpha, rgb, background } = makeScene({ seed: 1, kind: 'empty', ...size });
  assert.ok(alpha.every((value) => value === 0));
  assert.ok(rgb.equals(background));
});

test('through the glass its background shines', () => {
  const { alpha } = makeScene({ seed: 1, kind: 'glass', widthPx: 512, heightPx: 512 });
  const middle = alpha[160 * 512 + 256] ?? 0;
  assert.ok(middle > 30 && middle < 110, `alpha ${middle} in the middle of the glass`);
});

test('the basket can be looked through', () => {
  const { alpha } = makeScene({ seed: 1, kind: 'holes', widthPx: 512, heightPx: 512 });
  const belly = Array.from({ length: 100 }, (_, row) => [...alpha.subarray((300 + row) * 512 + 190).subarray(0, 132)]);
  const open = belly.flat().filter((value) => value === 0).length / (100 * 132);
  assert.ok(open > 0.15 && open < 0.6, `${open} of the belly is open`);
});
