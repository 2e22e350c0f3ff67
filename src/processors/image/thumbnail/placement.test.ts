import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import sharp from 'sharp';
import { makeScene } from '../../../../test/support/scenes.ts';
import { anchors } from './params/common.ts';
import {
  at,
  boxWhere,
  filesOf,
  plain,
  rectangleMask,
  type Said,
  type Thumbnail,
  thumbnailOf,
} from './test-thumbnail.ts';

const canvas = { widthPx: 400, heightPx: 300 };
const transparent = { canvas, background: { kind: 'transparent' }, output: { format: 'png' } };

/** The subject is where it is at least half there, as a mask says it. */
function subjectBox({ picture }: Thumbnail) {
  return boxWhere(picture, (pixel) => (picture.alpha?.[pixel] ?? 255) >= 128);
}

function assertBox(
  found: ReturnType<typeof subjectBox>,
  expected: readonly [number, number, number, number],
  tolerancePx = 1,
) {
  const { left, top, right, bottom } = found;
  for (const [index, edge] of [left, top, right, bottom].entries()) {
    const wanted = expected[index] as number;
    assert.ok(Math.abs(edge - wanted) <= tolerancePx, `${JSON.stringify(found)}, expected ${expected}`);
  }
}

// A rectangle of 200 × 100 at (150, 80) in a photograph of 640 × 480.
const photo = await plain(640, 480, '#c03020');
const mask = await rectangleMask(640, 480, { left: 150, top: 80, width: 200, height: 100 });
const painted = (product: Said = {}) => ({ ...transparent, products: [{ mask: 1, ...product }] });

describe('the subject', () => {
  it('is fitted into its margin, within a pixel: the longer way decides, the other is in the middle', async () => {
    const { picture, data } = await thumbnailOf([photo, mask], painted({ marginPercent: 10 }));
    assert.deepEqual([picture.widthPx, picture.heightPx, data?.['widthPx']], [400, 300, 400]);
    // 10 per cent of 300 px: 340 px wide, so 170 px high.
    assertBox(subjectBox({ picture } as Thumbnail), [30, 65, 370, 235]);
  });

  it('fits as well from a mask of another size, and from one much larger than the canvas', async () => {
    const coarse = await sharp(mask).resize(160, 120, { kernel: 'linear' }).png().toBuffer();
    assertBox(subjectBox(await thumbnailOf([photo, coarse], painted({ marginPercent: 10 }))), [30, 65, 370, 235]);
    const fine = await sharp(mask).resize(2_560, 1_920, { kernel: 'nearest' }).png().toBuffer();
    assertBox(subjectBox(await thumbnailOf([photo, fine], painted({ marginPercent: 10 }))), [30, 65, 370, 235]);
  });

  for (const anchor of anchors) {
    it(`stands at ${anchor}`, async () => {
      const box = subjectBox(
        await thumbnailOf([photo, mask], painted({ marginPercent: 10, scalePercent: 50, anchor })),
      );
      const left = anchor.endsWith('left') ? 30 : anchor.endsWith('right') ? 200 : 115;
      const top = anchor.startsWith('top') ? 30 : anchor.startsWith('bottom') ? 185 : 107.5;
      assertBox(box, [left, top, left + 170, top + 85]);
    });
  }

  it('is moved by per cent of its area, and cut off by the canvas', async () => {
    const moved = { marginPercent: 10, scalePercent: 50, offsetXPercent: 10, offsetYPercent: -20 };
    assertBox(subjectBox(await thumbnailOf([photo, mask], painted(moved))), [155, 47.5, 325, 132.5]);
    const outside = { ...moved, offsetXPercent: 60 };
    assertBox(subjectBox(await thumbnailOf([photo, mask], painted(outside))), [355, 47.5, 400, 132.5]);
    const gone = await thumbnailOf([photo, mask], painted({ offsetXPercent: 200 }));
    assert.ok(gone.picture.alpha?.every((value) => value === 0));
  });

  it('turned by an angle fits as well: a rectangle’s box is w·cos + h·sin', async () => {
    for (const [rotateDegrees, mirror] of [
      [30, false],
      [-75, true],
      [90, false],
      [180, true],
    ] as const) {
      const angle = Math.abs((rotateDegrees * Math.PI) / 180);
      const [cos, sin] = [Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle))];
      const [width, height] = [200 * cos + 100 * sin, 200 * sin + 100 * cos];
      const scale = Math.min(340 / width, 240 / height);
      const expected = [
        200 - (width * scale) / 2,
        150 - (height * scale) / 2,
        200 + (width * scale) / 2,
        150 + (height * scale) / 2,
      ] as const;
      const said = painted({ marginPercent: 10, rotateDegrees, mirror });
      assertBox(subjectBox(await thumbnailOf([photo, mask], said)), expected, 1.5);
    }
  });

  it('of several shares the canvas: two beside each other, three in two rows', async () => {
    const products = (count: number) => ({
      ...transparent,
      products: Array(count).fill({ mask: 1, marginPercent: 0 }),
    });
    const two = await thumbnailOf([photo, mask], products(2));
    // Each has 200 × 300 px: 200 px wide, 100 px high.
    assertBox(subjectBox(two), [0, 100, 400, 200]);
    const three = await thumbnailOf([photo, mask], products(3));
    // The third has 400 × 150 px alone: 300 px wide, 150 px high.
    assertBox(subjectBox(three), [0, 25, 400, 300]);
    assert.deepEqual(
      [20, 380].map((x) => three.picture.alpha?.[250 * 400 + x]),
      [0, 0],
    );
  });

  it('may have an area of its own', async () => {
    const area = { leftPercent: 50, topPercent: 50, widthPercent: 50, heightPercent: 50 };
    assertBox(subjectBox(await thumbnailOf([photo, mask], painted({ area, marginPercent: 0 }))), [200, 175, 400, 275]);
  });

  it('is enlarged however small it is in its photograph, and however much, at no cost', async () => {
    const speck = await rectangleMask(640, 480, { left: 300, top: 200, width: 8, height: 4 });
    // Sixteen times is the most.
    assertBox(subjectBox(await thumbnailOf([photo, speck], painted())), [136, 118, 264, 182]);
    const { picture } = await thumbnailOf([photo, mask], painted({ scalePercent: 500, marginPercent: 0 }));
    assert.ok(picture.alpha?.every((value) => value === 255));
  });
});

describe('a picture used as it is', () => {
  it('is trimmed to its own opacity', async () => {
    const alpha = await sharp(mask).toColourspace('b-w').raw().toBuffer();
    const file = await sharp(photo)
      .joinChannel(alpha, { raw: { width: 640, height: 480, channels: 1 } })
      .png()
      .toBuffer();
    const said = { ...transparent, products: [{ cutout: false, marginPercent: 10 }] };
    assertBox(subjectBox(await thumbnailOf([file], said)), [30, 65, 370, 235]);
  });

  it('is mirrored and turned exactly: four colours change places', async () => {
    const tile = (colour: string) => plain(100, 100, colour);
    const [red, green, blue, white] = await Promise.all(['#f00', '#0f0', '#00f', '#fff'].map(tile));
    const file = await sharp({ create: { width: 200, height: 200, channels: 3, background: '#000' } })
      .composite([
        { input: red as Buffer, left: 0, top: 0 },
        { input: green as Buffer, left: 100, top: 0 },
        { input: blue as Buffer, left: 0, top: 100 },
        { input: white as Buffer, left: 100, top: 100 },
      ])
      .png()
      .toBuffer();
    const corners = async (product: Said) => {
      const said = {
        canvas: { widthPx: 200, heightPx: 200 },
        output: { format: 'png' },
        products: [{ cutout: false, marginPercent: 0, ...product }],
      };
      const { picture } = await thumbnailOf([file], said);
      return [at(picture, 50, 50), at(picture, 150, 50), at(picture, 50, 150), at(picture, 150, 150)].map((rgb) =>
        ['255,0,0', '0,255,0', '0,0,255', '255,255,255'].indexOf(rgb.join()),
      );
    };
    assert.deepEqual(await corners({}), [0, 1, 2, 3]);
    assert.deepEqual(await corners({ mirror: true }), [1, 0, 3, 2]);
    assert.deepEqual(await corners({ rotateDegrees: 90 }), [2, 0, 3, 1]);
    assert.deepEqual(await corners({ mirror: true, rotateDegrees: 90 }), [3, 1, 2, 0]);
  });
});

it('the colours of what was behind do not come along: on white, the edge is that of the true cut-out', async () => {
  const scene = makeScene({ seed: 7, kind: 'soft-edge', widthPx: 480, heightPx: 480 });
  const said = {
    canvas: { widthPx: 240, heightPx: 240 },
    output: { format: 'png' },
    products: [{ mask: 1, marginPercent: 0 }],
  };
  const ours = await thumbnailOf(await filesOf(scene), said);
  // The same place, cut out of a photograph that was taken on white.
  const onWhite = Buffer.from(
    scene.foreground.map((value, index) => {
      const share = (scene.alpha[Math.floor(index / 3)] as number) / 255;
      return Math.round(share * value + (1 - share) * 255);
    }),
  );
  const truth = await thumbnailOf(await filesOf({ ...scene, rgb: onWhite }), said);
  const differences = [...ours.picture.rgb].map((value, index) =>
    Math.abs(value - (truth.picture.rgb[index] as number)),
  );
  const mean = differences.reduce((sum, value) => sum + value) / differences.length;
  assert.ok(mean < 1.5, `mean difference ${mean} of 255`);
});
