import assert from 'node:assert/strict';
import { it } from 'node:test';
import { gradientRaster } from './gradient.ts';
import type { Raster } from './raster.ts';

const stops = [
  { colour: '#000000', atPercent: 0 },
  { colour: '#ff8000', atPercent: 50 },
  { colour: '#ffffff', atPercent: 100 },
];

function at({ data, widthPx }: Raster, x: number, y: number): number[] {
  const first = (y * widthPx + x) * 3;
  return [...data.subarray(first, first + 3)];
}

/** The colour at a share of the way, by hand. */
function expected(share: number): number[] {
  const [from, to, part] =
    share < 0.5 ? [[0, 0, 0], [255, 128, 0], share * 2] : [[255, 128, 0], [255, 255, 255], share * 2 - 1];
  return from.map((value, channel) => value + ((to[channel] as number) - value) * part);
}

function assertColour(raster: Raster, x: number, y: number, share: number): void {
  const found = at(raster, x, y);
  for (const [channel, value] of expected(share).entries())
    assert.ok(
      Math.abs((found[channel] as number) - value) <= 1,
      `at ${x}, ${y}: ${found}, expected ${expected(share)}`,
    );
}

it('downwards and to the right go from edge to edge', () => {
  const down = gradientRaster(40, 80, { kind: 'gradient', shape: 'linear', angleDegrees: 180, stops });
  for (const y of [0, 17, 40, 79]) assertColour(down, 5, y, (y + 0.5) / 80);
  const right = gradientRaster(80, 40, { kind: 'gradient', shape: 'linear', angleDegrees: 90, stops });
  for (const x of [0, 31, 40, 79]) assertColour(right, x, 39, (x + 0.5) / 80);
});

it('at an angle begins and ends in the corners, as CSS says', () => {
  const raster = gradientRaster(120, 50, { kind: 'gradient', shape: 'linear', angleDegrees: 45, stops });
  const length = (120 + 50) * Math.SQRT1_2;
  for (const [x, y] of [
    [0, 49],
    [119, 0],
    [60, 25],
    [100, 40],
  ] as const) {
    const along = (x + 0.5 - 60 - (y + 0.5 - 25)) * Math.SQRT1_2;
    assertColour(raster, x, y, 0.5 + along / length);
  }
});

it('from the middle reaches its end in the corners', () => {
  const raster = gradientRaster(60, 80, { kind: 'gradient', shape: 'radial', angleDegrees: 0, stops });
  for (const [x, y] of [
    [30, 40],
    [0, 0],
    [59, 79],
    [45, 40],
    [30, 70],
  ] as const)
    assertColour(raster, x, y, Math.min(1, Math.hypot(x + 0.5 - 30, y + 0.5 - 40) / 50));
});

it('stands still before its first stop and after its last, whatever their order', () => {
  const turned = [
    { colour: '#00ff00', atPercent: 75 },
    { colour: '#ff0000', atPercent: 25 },
  ];
  const raster = gradientRaster(100, 1, { kind: 'gradient', shape: 'linear', angleDegrees: 90, stops: turned });
  assert.deepEqual(
    [at(raster, 10, 0), at(raster, 90, 0)],
    [
      [255, 0, 0],
      [0, 255, 0],
    ],
  );
});
