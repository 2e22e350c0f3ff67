import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import sharp, { type Sharp } from 'sharp';
import { Value } from 'typebox/value';
import { heicFixture, quarters } from '../../../../test/support/heif.ts';
import { isCode } from '../../../../test/support/is-code.ts';
import { gif } from '../../../../test/support/media-builders.ts';
import { outputPixels } from './geometry.ts';
import { type ResizeParams, resizeParams } from './params.ts';
import { createRuntime } from './run.ts';

const runtime = createRuntime();
let folder: string;
let jobs = 0;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'esteira-resize-'));
});
after(() => rm(folder, { recursive: true }));

async function resize(file: Sharp | Buffer | string, params: Partial<ResizeParams> = {}, mediaType = 'image/png') {
  const scratchDir = join(folder, `job-${++jobs}`);
  await mkdir(scratchDir);
  const path = typeof file === 'string' ? file : join(folder, `input-${jobs}`);
  if (typeof file !== 'string') await writeFile(path, Buffer.isBuffer(file) ? file : await file.toBuffer());
  const [output] = await runtime.run({
    modelsDir: folder,
    threads: 1,
    inputs: [{ path, mediaType, sizeBytes: 1 }],
    needed: [],
    params: Value.Default(resizeParams, { ...params }) as ResizeParams,
    scratchDir,
    progress: () => {},
    log: () => {},
    signal: new AbortController().signal,
  });
  assert.ok(output);
  const result = join(scratchDir, output.file);
  const { data, info } = await sharp(result).raw().toBuffer({ resolveWithObject: true });
  assert.deepEqual(output.data, { widthPx: info.width, heightPx: info.height });
  const at = (x: number, y: number) => [
    ...data.subarray((y * info.width + x) * info.channels).subarray(0, info.channels),
  ];
  return { size: [info.width, info.height], at, path: result, mediaType: output.mediaType };
}

/** Red grows with x, green with y, both by one in each pixel: a pixel's colour tells where it was. */
function gradient(widthPx: number, heightPx: number): Sharp {
  const rgb = Buffer.alloc(widthPx * heightPx * 3);
  for (let y = 0, at = 0; y < heightPx; y++) for (let x = 0; x < widthPx; x++, at += 3) rgb.set([x, y, 0], at);
  return sharp(rgb, { raw: { width: widthPx, height: heightPx, channels: 3 } });
}

const solid = (widthPx: number, heightPx: number, background = '#3050c8') =>
  sharp({ create: { width: widthPx, height: heightPx, channels: 3, background } });

describe('sizes, in closed form', () => {
  // [source, parameters, result]
  const cases: readonly (readonly [readonly [number, number], Partial<ResizeParams>, readonly [number, number]])[] = [
    [[400, 300], {}, [400, 300]],
    [[400, 300], { widthPx: 100 }, [100, 75]],
    [[400, 300], { heightPx: 100 }, [133, 100]],
    [[400, 300], { widthPx: 100, heightPx: 100 }, [100, 75]],
    [[400, 300], { fit: 'outside', widthPx: 100, heightPx: 100 }, [133, 100]],
    [[400, 300], { fit: 'cover', widthPx: 100, heightPx: 100 }, [100, 100]],
    [[400, 300], { fit: 'contain', widthPx: 100, heightPx: 100 }, [100, 100]],
    [[400, 300], { fit: 'fill', widthPx: 100, heightPx: 100 }, [100, 100]],
    [[400, 300], { widthPx: 800 }, [400, 300]],
    [[400, 300], { widthPx: 800, enlarge: true }, [800, 600]],
    [[400, 300], { fit: 'cover', widthPx: 800, heightPx: 800, enlarge: true }, [800, 800]],
    [[400, 300], { fit: 'cover', widthPx: 350, heightPx: 350 }, [350, 300]],
    [[400, 300], { fit: 'cover', widthPx: 350, heightPx: 350, focalXPercent: 0 }, [350, 300]],
    [[400, 300], { fit: 'cover', widthPx: 100, heightPx: 100, focalXPercent: 0 }, [100, 100]],
    [[400, 300], { fit: 'cover', widthPx: 800, heightPx: 800, enlarge: true, focalYPercent: 9 }, [800, 800]],
    [[1, 1], { fit: 'cover', widthPx: 100, heightPx: 50, focalXPercent: 7 }, [1, 1]],
    [[999, 1], { widthPx: 10, heightPx: 10 }, [10, 1]],
  ];
  for (const [[width, height], params, expected] of cases) {
    test(`${width} × ${height}, ${JSON.stringify(params)}: ${expected.join(' × ')}`, async () => {
      assert.deepEqual((await resize(solid(width, height).png(), params)).size, expected);
    });
  }
});

describe('a focal point stays in view', () => {
  // Nothing is scaled in these: the colour at the corner is the place where the crop begins.
  const from = { fit: 'cover', widthPx: 100, heightPx: 120 } as const;
  const cases: readonly (readonly [Partial<ResizeParams>, number])[] = [
    [{ focalXPercent: 0 }, 0],
    [{ focalXPercent: 30 }, 10],
    [{ focalXPercent: 50, focalYPercent: 1 }, 50],
    [{ focalXPercent: 62.5 }, 75],
    [{ focalXPercent: 100 }, 100],
  ];
  for (const [params, leftPx] of cases) {
    test(`${JSON.stringify(params)} of 200 px begins at ${leftPx} px`, async () => {
      const { at } = await resize(gradient(200, 120).png(), { ...from, ...params });
      assert.deepEqual(
        [at(0, 0), at(99, 119)],
        [
          [leftPx, 0, 0],
          [leftPx + 99, 119, 0],
        ],
      );
    });
  }

  test('below and above too, when scaled', async () => {
    const bottom = await resize(gradient(200, 250).png(), {
      fit: 'cover',
      widthPx: 100,
      heightPx: 50,
      focalYPercent: 90,
    });
    // Half the size: the last 50 of 125 rows, which were rows 150 to 249.
    const [, green = 0] = bottom.at(50, 0);
    assert.ok(Math.abs(green - 150.5) <= 1, `${green}`);
  });

  test('of a picture that EXIF turns: counted on what the eye sees', async () => {
    // Stored sideways; upright, x grows along what is stored as y.
    const turned = await gradient(200, 120).rotate(90).withMetadata({ orientation: 8 }).png().toBuffer();
    const { at, size } = await resize(turned, { ...from, focalXPercent: 100 });
    assert.deepEqual(
      [size, at(0, 0)],
      [
        [100, 120],
        [100, 0, 0],
      ],
    );
  });
});

describe('what comes out', () => {
  test('is upright, sRGB in 8 bits, and says nothing of its camera', async () => {
    const photo = solid(80, 60)
      .withIccProfile('p3')
      .withExif({ IFD0: { Artist: 'someone' } });
    for (const [file, mediaType] of [
      [photo.clone().withMetadata({ orientation: 6 }).jpeg(), 'image/jpeg'],
      [photo.clone().toColourspace('rgb16').png(), 'image/png'],
      [solid(80, 60).toColourspace('cmyk').jpeg(), 'image/jpeg'],
    ] as const) {
      const { path } = await resize(file, { widthPx: 30 }, mediaType);
      const { space, depth, channels, exif, icc, orientation } = await sharp(path).metadata();
      assert.deepEqual(
        { space, depth, channels, exif, icc, orientation },
        { space: 'srgb', depth: 'uchar', channels: 3, exif: undefined, icc: undefined, orientation: undefined },
      );
    }
    const { size } = await resize(solid(80, 60).withMetadata({ orientation: 6 }).jpeg(), { widthPx: 30 }, 'image/jpeg');
    assert.deepEqual(size, [30, 40]);
  });

  test('has the colours of the original, also from Display P3 and HEIC', async () => {
    const near = (actual: readonly number[], expected: readonly number[]) =>
      assert.ok(
        actual.every((value, index) => Math.abs(value - (expected[index] ?? 0)) <= 4),
        `${actual}`,
      );
    near((await resize(solid(80, 60).withIccProfile('p3').png(), { widthPx: 20 })).at(5, 5), [0x30, 0x50, 0xc8]);
    const heic = await resize(heicFixture('p3'), { widthPx: 48, format: 'png' }, 'image/heic');
    assert.deepEqual(heic.size, [48, 32]);
    near(heic.at(10, 6), quarters[0]);
    near(heic.at(38, 26), quarters[3]);
  });

  test('keeps its format where that makes sense', async () => {
    const animation = gif({ frames: 3, screenPx: 9 });
    const expected: readonly (readonly [Buffer | Sharp, string, string])[] = [
      [solid(9, 9).jpeg(), 'image/jpeg', 'image/jpeg'],
      [solid(9, 9).png(), 'image/png', 'image/png'],
      [solid(9, 9).webp(), 'image/webp', 'image/webp'],
      [solid(9, 9).avif({ effort: 0 }), 'image/avif', 'image/avif'],
      [solid(9, 9).tiff(), 'image/tiff', 'image/png'],
      [animation, 'image/gif', 'image/png'],
      [heicFixture('plain'), 'image/heic', 'image/jpeg'],
    ];
    for (const [file, mediaType, kept] of expected) {
      const result = await resize(file, {}, mediaType);
      assert.equal(result.mediaType, kept);
      const { format } = await sharp(result.path).metadata();
      assert.equal(`image/${format === 'heif' ? 'avif' : format}`, kept);
    }
    for (const format of ['jpeg', 'png', 'webp', 'avif'] as const) {
      assert.equal((await resize(solid(9, 9).png(), { format })).mediaType, `image/${format}`);
    }
  });

  test('of an animation is its first frame', async () => {
    const frames = await Promise.all(['#f00', '#00f'].map((colour) => solid(20, 10, colour).png().toBuffer()));
    const animation = await sharp(frames, { join: { animated: true } })
      .webp({ lossless: true })
      .toBuffer();
    const { size, at } = await resize(animation, { widthPx: 10 }, 'image/webp');
    assert.deepEqual(size, [10, 5]);
    assert.ok((at(5, 2)[0] ?? 0) > 240 && (at(5, 2)[2] ?? 255) < 15);
  });

  test('stands on the background that was asked for', async () => {
    const clear = () => sharp({ create: { width: 40, height: 20, channels: 4, background: '#ff000000' } }).png();
    const box = { fit: 'contain', widthPx: 20, heightPx: 20 } as const;
    assert.equal((await resize(clear(), box)).at(10, 10)[3], 0);
    assert.deepEqual((await resize(clear(), { ...box, format: 'jpeg' })).at(10, 10), [255, 255, 255]);
    const green = { ...box, background: '#00ff7f' };
    for (const [x, y] of [
      [0, 0],
      [10, 10],
    ] as const) {
      assert.deepEqual((await resize(clear(), green)).at(x, y), [0, 255, 127]);
    }
    const edge = await resize(solid(40, 20).png(), box);
    assert.deepEqual([edge.at(10, 0)[3], edge.at(10, 10)], [0, [0x30, 0x50, 0xc8, 255]]);
  });
});

describe('what cannot be done is refused in words', () => {
  test('a picture that is cut off', async () => {
    const path = join(folder, 'cut.jpg');
    const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
    await sharp({ create: { width: 400, height: 300, channels: 3, background: '#000', noise } })
      .jpeg()
      .toFile(path);
    await truncate(path, 20_000);
    for (const params of [{ widthPx: 50 }, { fit: 'cover', widthPx: 50, heightPx: 50, focalXPercent: 1 }] as const) {
      await assert.rejects(resize(path, params, 'image/jpeg'), isCode('MEDIA_INVALID'));
    }
    await assert.rejects(resize(heicFixture('shoe').subarray(0, 5_000), {}, 'image/heic'), isCode('MEDIA_INVALID'));
  });

  test('more pixels on a side than the format can have', async () => {
    await assert.rejects(resize(solid(17_000, 2).png(), { format: 'webp' }), isCode('INVALID_PARAMETERS'));
    assert.deepEqual((await resize(solid(17_000, 2).png(), { format: 'webp', widthPx: 100 })).size, [100, 1]);
  });
});

test('how many pixels may come out is known before: never less than there are', async () => {
  const sizes = [
    [40, 30],
    [30, 40],
    [90, 2],
  ] as const;
  for (const [width, height] of sizes) {
    for (const fit of ['cover', 'contain', 'fill', 'inside', 'outside'] as const) {
      for (const [widthPx, heightPx] of [
        [0, 0],
        [60, 0],
        [0, 7],
        [50, 20],
      ] as const) {
        for (const enlarge of [true, false]) {
          const params = Value.Default(resizeParams, { fit, widthPx, heightPx, enlarge }) as ResizeParams;
          const { size } = await resize(solid(width, height).png(), params);
          const most = outputPixels({ widthPx: width, heightPx: height }, params);
          const [w = 0, h = 0] = size;
          // Sides are rounded up to whole pixels.
          assert.ok((w - 1) * (h - 1) <= most, `${size} from ${width} × ${height}, ${JSON.stringify(params)}: ${most}`);
        }
      }
    }
  }
});
