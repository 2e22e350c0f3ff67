import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Picture } from '#processors/shared/image/decode.ts';
import { at, plain, rectangleMask, type Said, thumbnailOf } from './test-thumbnail.ts';

const canvas = { widthPx: 300, heightPx: 300 };
// Fitted with a margin of a third it stands at 100…200 in both ways.
const photo = await plain(200, 200, '#3060c0');
const mask = await rectangleMask(200, 200, { left: 50, top: 50, width: 100, height: 100 });

async function shown(shadow: Said, more: Said = {}): Promise<Picture> {
  const products = [{ mask: 1, marginPercent: 100 / 3, shadow }];
  return (await thumbnailOf([photo, mask], { canvas, output: { format: 'png' }, products, ...more })).picture;
}

/** How much darker than the white around it, in all, a part of the canvas is. */
function darkness(picture: Picture, ...[left, top, right, bottom]: Part): number {
  let sum = 0;
  for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += 255 - (at(picture, x, y)[1] as number);
  return sum;
}

type Part = readonly [left: number, top: number, right: number, bottom: number];

const [above, below, before, after]: readonly [Part, Part, Part, Part] = [
  [0, 0, 300, 98],
  [0, 202, 300, 300],
  [0, 100, 98, 200],
  [202, 100, 300, 200],
];

describe('a drop shadow', () => {
  for (const [angleDegrees, darker, lighter] of [
    [0, after, before],
    [90, below, above],
    [180, before, after],
    [270, above, below],
  ] as const) {
    it(`at ${angleDegrees} degrees falls on that side`, async () => {
      const picture = await shown({ kind: 'drop', angleDegrees, distancePercent: 15, softnessPercent: 3 });
      assert.ok(darkness(picture, ...darker) > 20 * Math.max(1, darkness(picture, ...lighter)));
    });
  }

  it('without softness is the outline itself, moved, as dark as it is opaque', async () => {
    const said = { kind: 'drop', angleDegrees: 0, distancePercent: 20, softnessPercent: 0, opacityPercent: 50 };
    const picture = await shown(said);
    // Half white, half the colour of shadows (14, 16, 22), 20 px beside the product.
    assert.deepEqual(at(picture, 210, 150), [135, 136, 139]);
    assert.deepEqual(at(picture, 225, 150), [255, 255, 255]);
    assert.deepEqual(at(picture, 210, 95), [255, 255, 255]);
  });

  it('is seen through on a transparent background', async () => {
    const said = { kind: 'drop', angleDegrees: 0, distancePercent: 20, softnessPercent: 0, opacityPercent: 50 };
    const picture = await shown(said, { background: { kind: 'transparent' } });
    assert.deepEqual([picture.alpha?.[150 * 300 + 210], at(picture, 210, 150)], [128, [14, 16, 22]]);
  });
});

describe('a contact shadow', () => {
  it('lies on the ground below the product, even on both sides, and nowhere above', async () => {
    const picture = await shown({ kind: 'contact' });
    assert.ok(darkness(picture, ...below) > 5_000);
    assert.equal(darkness(picture, 0, 0, 300, 180), darkness(picture, 100, 100, 200, 180));
    const [left, right] = [darkness(picture, 0, 200, 150, 300), darkness(picture, 150, 200, 300, 300)];
    assert.ok(Math.abs(left - right) / left < 0.05, `${left} left, ${right} right`);
  });

  it('is darkest where the product touches the ground, and fades downwards', async () => {
    const picture = await shown({ kind: 'contact' });
    const column = Array.from({ length: 60 }, (_, row) => at(picture, 150, 201 + row)[1] as number);
    assert.ok((column[0] as number) < 200, `${column[0]}`);
    for (const [row, value] of column.entries()) assert.ok(value >= (column[row - 1] ?? 0), `row ${row} of ${column}`);
    assert.equal(column.at(-1), 255);
  });
});

describe('a reflection', () => {
  it('shows the product upside down, fading to nothing', async () => {
    const picture = await shown({ kind: 'reflection', opacityPercent: 100, softnessPercent: 0 });
    const [near, middle, far] = [at(picture, 150, 201), at(picture, 150, 215), at(picture, 150, 236)];
    assert.ok(
      Math.abs((near[0] as number) - 0x30) < 20 && (middle[0] as number) > (near[0] as number),
      `${near} ${middle}`,
    );
    assert.deepEqual(far, [255, 255, 255]);
  });
});

it('without a shadow nothing is darkened', async () => {
  const picture = await shown({ kind: 'none' });
  for (const side of [above, below, before, after]) assert.equal(darkness(picture, ...side), 0);
});
