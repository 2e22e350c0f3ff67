import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { makeScene, type Scene, type SceneKind } from '../../../../test/support/scenes.ts';
import { estimateForeground } from './foreground.ts';

const size = { widthPx: 768, heightPx: 640 };

/** Mean absolute error of the colour in the soft band, in 255ths, and its worst showing on three backgrounds. */
function errorsOf(scene: Scene, rgb: Uint8Array) {
  let colour = 0;
  let band = 0;
  const halo = { white: 0, black: 0, magenta: 0 };
  const backgrounds = { white: [255, 255, 255], black: [0, 0, 0], magenta: [255, 0, 255] } as const;
  for (const [pixel, value] of scene.alpha.entries()) {
    if (value === 0 || value === 255) continue;
    band++;
    for (let channel = 0; channel < 3; channel++) {
      const at = pixel * 3 + channel;
      const [got, truth] = [rgb[at] as number, scene.foreground[at] as number];
      colour += Math.abs(got - truth) / 3;
      for (const [name, behind] of Object.entries(backgrounds)) {
        const over = (own: number) => (value * own + (255 - value) * (behind[channel] as number)) / 255;
        // Signed: a fringe is a band that is darker or lighter as a whole, not noise around the right colour.
        halo[name as keyof typeof halo] += (over(got) - over(truth)) / 3;
      }
    }
  }
  const fringe = Math.max(...Object.values(halo).map((sum) => Math.abs(sum / band)));
  return { colour: colour / band, fringe };
}

function cleaned(scene: Scene): Uint8Array {
  const rgb = Uint8Array.from(scene.rgb);
  estimateForeground(rgb, scene.alpha, scene.widthPx, scene.heightPx);
  return rgb;
}

describe('foreground colours against scenes whose truth is exact', () => {
  const kinds: SceneKind[] = [
    'soft-edge',
    'strands',
    'holes',
    'leaves',
    'product-on-white',
    'white-on-grey',
    'line-art',
  ];
  for (const kind of kinds) {
    for (const seed of [11, 12]) {
      it(`${kind} ${seed}: at most half the naive error, no fringe on white, black or magenta`, () => {
        const scene = makeScene({ seed, kind, ...size });
        const naive = errorsOf(scene, scene.rgb);
        const ours = errorsOf(scene, cleaned(scene));
        assert.ok(ours.colour <= naive.colour / 2, `colour error ${ours.colour} against ${naive.colour} naive`);
        assert.ok(ours.fringe <= 4, `a fringe of ${ours.fringe} / 255 on average`);
      });
    }
  }

  it('glass: better than naive, even where the subject is see-through all over', () => {
    const scene = makeScene({ seed: 11, kind: 'glass', ...size });
    assert.ok(errorsOf(scene, cleaned(scene)).colour < errorsOf(scene, scene.rgb).colour);
  });
});

describe('foreground colours in closed form', () => {
  it('finds F within an eighth of its distance from B where both are one colour', () => {
    const [widthPx, heightPx] = [64, 32];
    const alpha = Uint8Array.from({ length: widthPx * heightPx }, (_, i) =>
      Math.max(0, Math.min(255, ((i % 64) - 24) * 16)),
    );
    const rgb = Uint8Array.from({ length: alpha.length * 3 }, (_, at) => {
      const a = (alpha[Math.floor(at / 3)] as number) / 255;
      return Math.round(a * ([200, 40, 90][at % 3] as number) + (1 - a) * ([10, 220, 250][at % 3] as number));
    });
    estimateForeground(rgb, alpha, widthPx, heightPx);
    for (const [pixel, value] of alpha.entries()) {
      const expected = value === 0 ? [0, 0, 0] : [200, 40, 90];
      const got = [...rgb.subarray(pixel * 3, pixel * 3 + 3)];
      assert.ok(
        got.every((channel, index) => Math.abs(channel - (expected[index] as number)) <= (value === 0 ? 0 : 23)),
        `${got} at alpha ${value}`,
      );
    }
  });

  it('leaves nothing of the background where alpha is 0, and opaque pixels untouched', () => {
    const rgb = Uint8Array.from({ length: 300 }, (_, i) => (i * 37) % 256);
    const alpha = Uint8Array.from({ length: 100 }, (_, i) => (i % 2) * 255);
    const before = rgb.slice();
    estimateForeground(rgb, alpha, 10, 10);
    for (const [pixel, value] of alpha.entries()) {
      const expected = value === 0 ? [0, 0, 0] : [...before.subarray(pixel * 3, pixel * 3 + 3)];
      assert.deepEqual([...rgb.subarray(pixel * 3, pixel * 3 + 3)], expected);
    }
  });

  it('takes pictures of one pixel and of no known pixel', () => {
    for (const alpha of [0, 128, 255]) {
      const rgb = Uint8Array.of(10, 20, 30);
      estimateForeground(rgb, Uint8Array.of(alpha), 1, 1);
      assert.deepEqual([...rgb], alpha === 0 ? [0, 0, 0] : [10, 20, 30]);
    }
  });
});
