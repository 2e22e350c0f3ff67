import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import sharp from 'sharp';
import type { ErrorCode } from '#kernel/errors.ts';
import { AppError } from '#kernel/errors.ts';
import {
  auxiliaryAlpha,
  clap,
  codedItem,
  gridItem,
  type HeifItem,
  heicFixture,
  heif,
  imir,
  irot,
  ispe,
  nclx,
  overlayItem,
  quarters,
} from '../../../../test/support/heif.ts';
import { makeScene } from '../../../../test/support/scenes.ts';
import { readablePicture } from './readable-picture.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'esteira-heic-'));
});
after(() => rm(folder, { recursive: true }));

async function readable(bytes: Buffer) {
  const path = join(folder, 'picture');
  await writeFile(path, bytes);
  return await readablePicture(path);
}

/** As processors see it: sRGB, 8 bits. */
async function seen(bytes: Buffer) {
  const source = await readable(bytes);
  const { data, info } = await sharp(source, { failOn: 'warning' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => [
    ...data.subarray((y * info.width + x) * info.channels).subarray(0, info.channels),
  ];
  return { data, widthPx: info.width, heightPx: info.height, channels: info.channels, at };
}

/** The middle of each quarter, clockwise from the top left. */
async function corners(bytes: Buffer) {
  const { widthPx, heightPx, at } = await seen(bytes);
  const [left, right] = [Math.floor(widthPx / 4), Math.floor((3 * widthPx) / 4)];
  const [top, bottom] = [Math.floor(heightPx / 4), Math.floor((3 * heightPx) / 4)];
  return { size: [widthPx, heightPx], colours: [at(left, top), at(right, top), at(right, bottom), at(left, bottom)] };
}

function assertNear(actual: readonly number[], expected: readonly number[], tolerance: number, about = ''): void {
  assert.equal(actual.length, expected.length, about);
  for (const [index, value] of actual.entries()) {
    const apart = Math.abs(value - (expected[index] ?? Number.NaN));
    assert.ok(apart <= tolerance, `${about} ${actual} is not ${expected} within ${tolerance}`);
  }
}

const [red, green, blue, white] = quarters;
const plain = (properties: readonly Buffer[] = [], id = 1): HeifItem => codedItem(heicFixture('plain'), id, properties);
const single = (...properties: readonly Buffer[]): Buffer => heif({ items: [plain(properties)] });

describe('a HEIC picture is read as it is meant to be seen', () => {
  // The corners that each transformation gives, clockwise from the top left; rotation is anticlockwise, mirroring
  // 0 exchanges top and bottom. (ISO/IEC 23008-12:2022, 6.5.10 and 6.5.12)
  const cases: Readonly<Record<string, readonly [Buffer, readonly number[], readonly (readonly number[])[]]>> = {
    'as it is': [heicFixture('plain'), [96, 64], [red, green, white, blue]],
    'turned by a quarter': [single(irot(1)), [64, 96], [green, white, blue, red]],
    'turned by half': [single(irot(2)), [96, 64], [white, blue, red, green]],
    'turned by three quarters': [single(irot(3)), [64, 96], [blue, red, green, white]],
    'left and right exchanged': [single(imir(1)), [96, 64], [green, red, blue, white]],
    'top and bottom exchanged': [single(imir(0)), [96, 64], [blue, white, green, red]],
    'mirrored, then turned': [single(imir(0), irot(1)), [64, 96], [white, green, red, blue]],
    'cropped to the middle': [single(clap(40, 20, 0, 0)), [40, 20], [red, green, white, blue]],
    'cropped to one quarter': [single(clap(40, 20, -24, -16)), [40, 20], [red, red, red, red]],
    'cropped, then turned': [single(clap(96, 32, 0, 16), irot(1)), [32, 96], [white, white, blue, blue]],
    'the primary of two': [
      heif({ items: [codedItem(heicFixture('shoe')), plain([], 2)], primary: 2 }),
      [96, 64],
      [red, green, white, blue],
    ],
    '10 bits': [heicFixture('deep'), [96, 64], [red, green, white, blue]],
  };
  for (const [name, [bytes, size, colours]] of Object.entries(cases)) {
    test(name, async () => {
      const actual = await corners(bytes);
      assert.deepEqual(actual.size, size);
      for (const [index, colour] of actual.colours.entries()) assertNear(colour, colours[index] ?? [], 3, name);
    });
  }

  test('of four tiles, the last ones cut', async () => {
    const tiles = [1, 2, 3, 4];
    const bytes = heif({ items: [gridItem(2, 2, 180, 120, tiles), ...tiles.map((id) => plain([], id))] });
    const { widthPx, heightPx, at } = await seen(bytes);
    assert.deepEqual([widthPx, heightPx], [180, 120]);
    for (const [x, y] of [
      [0, 0],
      [96, 0],
      [0, 64],
      [96, 64],
    ] as const) {
      assertNear(at(x + 20, y + 10), red, 3);
      assertNear(at(x + 70, y + 10), green, 3);
      assertNear(at(x + 20, y + 45), blue, 3);
    }
  });

  test('a photograph, within what its encoder left out', async () => {
    const scene = makeScene({ seed: 5, kind: 'product-on-white', widthPx: 200, heightPx: 150 });
    const { data } = await seen(heicFixture('shoe'));
    assert.equal(data.length, scene.rgb.length);
    const sum = data.reduce((total, value, index) => total + Math.abs(value - (scene.rgb[index] ?? 0)), 0);
    assert.ok(sum / data.length < 1.5, `${sum / data.length}`);
  });

  test('its opacity comes along', async () => {
    const { at, channels } = await seen(heicFixture('alpha'));
    assert.equal(channels, 4);
    assertNear(at(24, 16), [...red, 255], 3);
    assertNear(at(72, 48), [...white, 64], 3);
  });

  test('ten bits stay more than eight', async () => {
    const { depth } = await sharp(await readable(heicFixture('deep'))).metadata();
    assert.equal(depth, 'ushort');
  });
});

describe('colours', () => {
  test('an ICC profile is kept, so that Display P3 comes out in the colours of the drawing', async () => {
    const { size, colours } = await corners(heicFixture('p3'));
    assert.deepEqual(size, [96, 64]);
    for (const [index, colour] of [red, green, white, blue].entries()) assertNear(colours[index] ?? [], colour, 4);
  });

  test('primaries named by number count as much as a profile', async () => {
    for (const [primaries, matrix] of [
      [12, display3],
      [9, bt2020],
    ] as const) {
      const { colours } = await corners(single(nclx(primaries, 13, 6)));
      for (const [index, colour] of [red, green, white, blue].entries()) {
        assertNear(colours[index] ?? [], toSrgb(colour, matrix), 4, `primaries ${primaries}`);
      }
    }
    const { colours } = await corners(single(nclx(1, 13, 6)));
    assertNear(colours[0] ?? [], red, 3);
  });
});

/** Linear RGB to linear sRGB, as https://www.w3.org/TR/css-color-4/#color-conversion-code gives it by way of XYZ. */
const display3 = [
  [1.224_940_176, -0.224_940_176, 0],
  [-0.042_056_955, 1.042_056_955, 0],
  [-0.019_637_555, -0.078_636_046, 1.098_273_6],
] as const;
const bt2020 = [
  [1.660_491, -0.587_641, -0.072_85],
  [-0.124_55, 1.132_9, -0.008_349],
  [-0.018_151, -0.100_579, 1.118_73],
] as const;

function toSrgb(colour: readonly number[], matrix: readonly (readonly number[])[]): number[] {
  const linear = colour.map((value) =>
    value / 255 <= 0.040_45 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
  );
  return matrix.map((row) => {
    const value = Math.min(
      1,
      Math.max(
        0,
        row.reduce((sum, factor, index) => sum + factor * (linear[index] ?? 0), 0),
      ),
    );
    return Math.round(255 * (value <= 0.003_130_8 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055));
  });
}

describe('what cannot be decoded is refused in words', () => {
  const shoe = heicFixture('shoe');
  const [configuration = Buffer.alloc(0)] = plain().properties;
  const opacity = (id: number, of: number, file = 'plain' as const): HeifItem => ({
    ...codedItem(heicFixture(file), id, [auxiliaryAlpha()]),
    refers: { type: 'auxl', to: [of] },
  });
  const files: Readonly<Record<string, readonly [Buffer, ErrorCode, RegExp]>> = {
    'cut inside its pixels': [shoe.subarray(0, 5_000), 'MEDIA_INVALID', /damaged/],
    'cut inside its boxes': [shoe.subarray(0, 300), 'MEDIA_INVALID', /damaged/],
    'without pixels': [shoe.subarray(0, shoe.indexOf('mdat') - 4), 'MEDIA_INVALID', /damaged/],
    'whose size is not that of its pixels': [
      heif({ items: [{ ...plain(), properties: [configuration, ispe(960, 640)] }] }),
      'MEDIA_INVALID',
      /size/,
    ],
    'whose decoder is not set up': [
      heif({ items: [{ ...plain(), properties: [ispe(96, 64)] }] }),
      'MEDIA_INVALID',
      /hvcC/,
    ],
    'that is its own opacity': [heif({ items: [opacity(1, 1)] }), 'MEDIA_INVALID', /alpha/],
    'a grid of itself': [heif({ items: [gridItem(1, 1, 96, 64, [100])] }), 'MEDIA_INVALID', /cycle/],
    'two grids of each other': [
      heif({ items: [gridItem(1, 1, 96, 64, [101]), gridItem(1, 1, 96, 64, [100], 101)] }),
      'MEDIA_INVALID',
      /cycle/,
    ],
    'laid over each other': [
      heif({ items: [overlayItem(96, 64, [1]), plain(), opacity(2, 1)] }),
      'MEDIA_INVALID',
      /overlays.*JPEG/,
    ],
    'brighter than white': [single(nclx(9, 16, 9)), 'MEDIA_INVALID', /HDR.*SDR/],
    'of 2,000 pictures': [
      heif({ items: [plain(), ...Array.from({ length: 2_000 }, (_, index) => plain([], index + 2))] }),
      'RESOURCE_LIMIT',
      /JPEG/,
    ],
  };
  for (const [name, [bytes, code, words]] of Object.entries(files)) {
    test(name, async () => {
      await assert.rejects(
        readable(bytes),
        (error: unknown) => error instanceof AppError && error.code === code && words.test(error.detail),
      );
    });
  }
});

test('whatever else sharp reads is left to it', async () => {
  const drawing = sharp({ create: { width: 9, height: 9, channels: 3, background: '#c63' } });
  for (const bytes of [
    await drawing.clone().jpeg().toBuffer(),
    await drawing.clone().avif().toBuffer(),
    Buffer.alloc(3),
  ]) {
    assert.equal(await readable(bytes), join(folder, 'picture'));
  }
});

test('the memory of one file is gone with it', async () => {
  for (let round = 0; round < 3; round++) await readable(heicFixture('shoe'));
  const before = process.memoryUsage.rss();
  for (let round = 0; round < 60; round++) await readable(heicFixture('shoe'));
  // Each instance starts with 17 MB: kept, they would be a gigabyte.
  const grownBytes = process.memoryUsage.rss() - before;
  assert.ok(grownBytes < 400e6, `grew by ${Math.round(grownBytes / 1e6)} MB`);
});
