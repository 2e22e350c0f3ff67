import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Brush, brushCoverage, stepRadius } from './brush.ts';
import { Painting } from './painting.ts';
import { type Patch, type Raster, swapPatch, tilesIn, wholeOf } from './raster.ts';
import { Stroke } from './stroke.ts';
import { emptyStack, remember } from './undo-stack.ts';

const hard: Brush = { mode: 'restore', radiusPx: 40, hardness: 1, opacity: 1 };

function blank(widthPx: number, heightPx: number, value = 0): Raster {
  return { widthPx, heightPx, alpha: new Uint8Array(widthPx * heightPx).fill(value) };
}

/** Area in pixels: how much of the picture is subject. */
function area({ alpha }: Raster): number {
  return alpha.reduce((sum, value) => sum + value, 0) / 255;
}

function dot(raster: Raster, brush: Brush, xPx: number, yPx: number): void {
  new Stroke(raster, brush).paint({ xPx, yPx }, { xPx, yPx });
}

describe('brush', () => {
  test('a hard dot has the area of its circle, to a tenth of a pixel along its edge', () => {
    for (const radiusPx of [3, 10, 40.5, 90]) {
      const raster = blank(200, 200);
      dot(raster, { ...hard, radiusPx }, 100, 100);
      expect(Math.abs(area(raster) - Math.PI * radiusPx ** 2)).toBeLessThan(0.1 * 2 * Math.PI * radiusPx);
    }
  });

  test('a soft dot holds three tenths of its circle: the integral of a smoothstep from the centre', () => {
    const raster = blank(200, 200);
    dot(raster, { ...hard, radiusPx: 80, hardness: 0 }, 100, 100);
    expect(area(raster) / (Math.PI * 80 ** 2)).toBeCloseTo(0.3, 2);
  });

  test('a hard stroke has the area of a rectangle and two half circles', () => {
    const raster = blank(300, 120);
    new Stroke(raster, { ...hard, radiusPx: 20 }).paint({ xPx: 60, yPx: 60 }, { xPx: 240, yPx: 60 });
    expect(area(raster) / (180 * 40 + Math.PI * 20 ** 2)).toBeCloseTo(1, 2);
  });

  test('coverage never rises away from the centre', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 300, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 400, noNaN: true }),
        fc.double({ min: 0, max: 50, noNaN: true }),
        (radius, hardness, distance, further) => {
          const near = brushCoverage(distance, radius, hardness);
          expect(near).toBeGreaterThanOrEqual(brushCoverage(distance + further, radius, hardness));
          expect(near).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  test('crossing itself adds nothing: half opacity stays half', () => {
    const raster = blank(100, 100);
    const stroke = new Stroke(raster, { ...hard, radiusPx: 10, opacity: 0.5 });
    for (let pass = 0; pass < 3; pass++) stroke.paint({ xPx: 20, yPx: 50 }, { xPx: 80, yPx: 50 });
    expect(raster.alpha[50 * 100 + 50]).toBe(128);
  });

  test('strokes one after the other do add up, and erasing takes away', () => {
    const raster = blank(100, 100);
    dot(raster, { ...hard, radiusPx: 10, opacity: 0.5 }, 50, 50);
    dot(raster, { ...hard, radiusPx: 10, opacity: 0.5 }, 50, 50);
    expect(raster.alpha[5050]).toBe(192);
    dot(raster, { ...hard, mode: 'erase' }, 50, 50);
    expect(raster.alpha[5050]).toBe(0);
  });

  test('a light pen paints a smaller circle', () => {
    const raster = blank(200, 200);
    new Stroke(raster, hard).paint({ xPx: 100, yPx: 100 }, { xPx: 100, yPx: 100 }, 0.5);
    expect(area(raster) / (Math.PI * 20 ** 2)).toBeCloseTo(1, 2);
  });

  test('outside the picture nothing happens', () => {
    const raster = blank(50, 50);
    const painted = new Stroke(raster, hard).paint({ xPx: -500, yPx: 20 }, { xPx: -300, yPx: 20 });
    expect(painted.right).toBeLessThanOrEqual(painted.left);
    expect(area(raster)).toBe(0);
  });

  test('sizes step up and down between one pixel and the largest', () => {
    expect([stepRadius(1, -1), stepRadius(1, 1), stepRadius(100, 1), stepRadius(400, 1)]).toEqual([1, 2, 110, 400]);
  });
});

describe('undo', () => {
  const strokes = fc.array(
    fc.record({
      mode: fc.constantFrom('restore' as const, 'erase' as const),
      radiusPx: fc.integer({ min: 1, max: 60 }),
      hardness: fc.constantFrom(0, 0.5, 1),
      opacity: fc.constantFrom(0.3, 1),
      points: fc.array(
        fc.record({ xPx: fc.integer({ min: -20, max: 170 }), yPx: fc.integer({ min: -20, max: 120 }) }),
        {
          minLength: 1,
          maxLength: 4,
        },
      ),
    }),
    { minLength: 1, maxLength: 6 },
  );

  test('undoing all strokes gives the first picture, doing them again the last', () => {
    fc.assert(
      fc.property(strokes, fc.integer({ min: 0, max: 255 }), (list, value) => {
        const painting = new Painting(blank(150, 100, value));
        for (const { points, ...brush } of list) {
          const [first = { xPx: 0, yPx: 0 }, ...others] = points;
          painting.begin(brush, first);
          for (const point of others) painting.continueTo(point);
          painting.end();
        }
        const last = painting.raster.alpha.slice();
        while (painting.state().canUndo) painting.undo();
        expect(painting.raster.alpha.every((each) => each === value)).toBe(true);
        expect(painting.state().changed).toBe(false);
        while (painting.state().canRedo) painting.redo();
        expect(painting.raster.alpha).toEqual(last);
      }),
      { numRuns: 40 },
    );
  });

  test('reset gives what was opened, and can be undone', () => {
    const painting = new Painting(blank(150, 100));
    painting.begin(hard, { xPx: 75, yPx: 50 });
    painting.end();
    const painted = painting.raster.alpha.slice();
    painting.reset();
    expect(area(painting.raster)).toBe(0);
    painting.undo();
    expect(painting.raster.alpha).toEqual(painted);
  });

  test('an abandoned stroke leaves nothing, not even in the history', () => {
    const painting = new Painting(blank(150, 100));
    painting.begin(hard, { xPx: 75, yPx: 50 });
    painting.abandon();
    expect(area(painting.raster)).toBe(0);
    expect(painting.state().canUndo).toBe(false);
  });

  test('a new stroke forgets what was undone', () => {
    const painting = new Painting(blank(150, 100));
    painting.begin(hard, { xPx: 75, yPx: 50 });
    painting.undo();
    expect(painting.state().canRedo).toBe(true);
    painting.begin(hard, { xPx: 20, yPx: 20 });
    painting.end();
    expect(painting.state().canRedo).toBe(false);
  });

  test('the oldest are forgotten above the limit', () => {
    const patch = (bytes: number): Patch => ({ tiles: new Map([[0, new Uint8Array(bytes)]]) });
    let stack = emptyStack;
    for (let at = 0; at < 5; at++) stack = remember(stack, patch(100), 250);
    expect(stack.done).toHaveLength(2);
  });

  test('swapping a patch twice changes nothing, at ragged edges too', () => {
    const raster = blank(130, 70, 7);
    const tiles = new Map(
      tilesIn(raster, wholeOf(raster)).map((index) => [index, new Uint8Array(64 * 64).fill(index)]),
    );
    const before = raster.alpha.slice();
    const { patch, changed } = swapPatch(raster, { tiles });
    expect(changed).toEqual(wholeOf(raster));
    expect(raster.alpha[69 * 130 + 129]).toBe(5);
    swapPatch(raster, patch);
    expect(raster.alpha).toEqual(before);
  });
});
