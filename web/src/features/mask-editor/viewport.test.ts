import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitted, panned, pinched, revealed, toPicture, toScreen, type Viewport, zoomed } from './viewport.ts';

const coordinate = fc.double({ min: -2000, max: 2000, noNaN: true });
const point = fc.record({ xPx: coordinate, yPx: coordinate });
const viewport: fc.Arbitrary<Viewport> = fc.record({
  scale: fc.double({ min: 0.05, max: 16, noNaN: true }),
  xPx: coordinate,
  yPx: coordinate,
});

test('there and back is where it was', () => {
  fc.assert(
    fc.property(viewport, point, (view, at) => {
      const back = toPicture(view, toScreen(view, at));
      expect(back.xPx).toBeCloseTo(at.xPx, 6);
      expect(back.yPx).toBeCloseTo(at.yPx, 6);
    }),
  );
});

test('what is under the pointer stays there while zooming', () => {
  fc.assert(
    fc.property(viewport, point, fc.double({ min: 0.2, max: 5, noNaN: true }), (view, at, factor) => {
      const before = toPicture(view, at);
      const after = toPicture(zoomed(view, at, factor, 0.05), at);
      expect(after.xPx).toBeCloseTo(before.xPx, 4);
      expect(after.yPx).toBeCloseTo(before.yPx, 4);
    }),
  );
});

test('the whole picture fits, in the middle', () => {
  const view = fitted({ widthPx: 4000, heightPx: 1000 }, { widthPx: 840, heightPx: 600 }, 20);
  expect(view).toEqual({ scale: 0.2, xPx: 20, yPx: 200 });
});

test('a picture cannot be moved out of sight', () => {
  const picture = { widthPx: 100, heightPx: 100 };
  const screen = { widthPx: 400, heightPx: 300 };
  const gone = panned({ scale: 1, xPx: 0, yPx: 0 }, { xPx: -9e9, yPx: 9e9 }, picture, screen);
  expect(gone).toEqual({ scale: 1, xPx: -52, yPx: 252 });
});

test('two fingers twice as far apart double the picture around their middle, and carry it along', () => {
  const view = pinched(
    { scale: 1, xPx: 0, yPx: 0 },
    [
      { xPx: 100, yPx: 100 },
      { xPx: 200, yPx: 100 },
    ],
    [
      { xPx: 60, yPx: 130 },
      { xPx: 260, yPx: 130 },
    ],
    0.1,
  );
  expect(view.scale).toBe(2);
  expect(toScreen(view, { xPx: 150, yPx: 100 })).toEqual({ xPx: 160, yPx: 130 });
});

test('the brush of the keyboard is brought into view', () => {
  const view = revealed({ scale: 2, xPx: 0, yPx: 0 }, { xPx: 300, yPx: 10 }, { widthPx: 400, heightPx: 300 }, 30);
  expect(toScreen(view, { xPx: 300, yPx: 10 })).toEqual({ xPx: 370, yPx: 30 });
});
