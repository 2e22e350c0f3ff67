import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import sharp, { type Sharp } from 'sharp';
import { Value } from 'typebox/value';
import { AppError } from '#kernel/errors.ts';
import { heicFixture } from '../../../../test/support/heif.ts';
import { testModelsDir } from '../../../../test/support/models-dir.ts';
import { makeScene, type Scene, type SceneKind } from '../../../../test/support/scenes.ts';
import { createRuntime as createMaskRuntime } from '../mask/run.ts';
import { type CutoutParams, cutoutParams } from './params.ts';
import { createRuntime } from './run.ts';

const size = { widthPx: 640, heightPx: 480 };
const runtime = createRuntime();
const maskRuntime = createMaskRuntime();
let folder: string;
let jobs = 0;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cutout-'));
});
after(() => rm(folder, { recursive: true }));

async function cutOut(file: Sharp | Buffer | string, params: Partial<CutoutParams> = {}) {
  const scratchDir = join(folder, `job-${++jobs}`);
  await mkdir(scratchDir);
  const path = typeof file === 'string' ? file : join(scratchDir, 'input');
  if (Buffer.isBuffer(file)) await writeFile(path, file);
  else if (typeof file !== 'string') await file.toFile(path);
  const complete = Value.Default(cutoutParams, { ...params }) as CutoutParams;
  const job = {
    modelsDir: testModelsDir,
    threads: Math.min(2, availableParallelism()),
    inputs: [{ path, mediaType: 'image/png', sizeBytes: 1 }],
    needed: [],
    scratchDir,
    progress: () => {},
    log: () => {},
    signal: new AbortController().signal,
  };
  const { quality, model } = complete;
  const [mask] = await maskRuntime.run({ ...job, params: { quality, model } });
  assert.ok(mask);
  const needed = [{ ...mask, path: join(scratchDir, mask.file) }];
  const [output] = await runtime.run({ ...job, needed, params: complete });
  assert.ok(output);
  return { ...output, data: output.data as Record<string, number>, path: join(scratchDir, output.file) };
}

function photo(scene: Scene): Sharp {
  return sharp(scene.rgb, { raw: { width: scene.widthPx, height: scene.heightPx, channels: 3 } });
}

function sceneOf(kind: SceneKind, seed = 5): Scene {
  return makeScene({ seed, kind, ...size });
}

async function alphaOf(path: string): Promise<Buffer> {
  return await sharp(path).extractChannel('alpha').raw().toBuffer();
}

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  assert.equal(a.length, b.length);
  return a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] as number)), 0) / a.length;
}

function intersectionOverUnion(a: Uint8Array, b: Uint8Array): number {
  let both = 0;
  let either = 0;
  for (const [index, value] of a.entries()) {
    const [inA, inB] = [value > 127, (b[index] as number) > 127];
    if (inA && inB) both++;
    if (inA || inB) either++;
  }
  return both / either;
}

describe('the mask', () => {
  it('is that of the model’s own library at best, within 2/255 on average', async () => {
    const { removeBackground } = await import('@imgly/background-removal-node');
    const png = await photo(sceneOf('soft-edge')).png().toBuffer();
    const peer = await removeBackground(new Blob([png], { type: 'image/png' }), { model: 'medium' });
    const theirs = await sharp(Buffer.from(await peer.arrayBuffer()))
      .extractChannel('alpha')
      .raw()
      .toBuffer();
    const ours = await cutOut(png, { quality: 'best' });
    const difference = meanDifference(await alphaOf(ours.path), theirs);
    assert.ok(difference <= 2, `mean difference ${difference}`);
  });

  it('at auto agrees with best to a mean IoU of 0.985, hard scenes among them', async () => {
    const agreements: number[] = [];
    for (const kind of ['soft-edge', 'product-on-white', 'holes', 'leaves', 'line-art'] as const) {
      const png = await photo(sceneOf(kind)).png().toBuffer();
      const best = await cutOut(png, { quality: 'best' });
      const auto = await cutOut(png);
      assert.deepEqual([best.data['precision'], best.data['sizePx']], ['float', 1024]);
      agreements.push(intersectionOverUnion(await alphaOf(best.path), await alphaOf(auto.path)));
    }
    const mean = agreements.reduce((sum, agreement) => sum + agreement) / agreements.length;
    assert.ok(mean >= 0.985, `mean IoU ${mean} of ${agreements}`);
  });

  it('finds the subject of a clear picture, and is sure of it', async () => {
    const scene = sceneOf('product-on-white');
    const { path, data } = await cutOut(photo(scene).png());
    assert.ok(intersectionOverUnion(await alphaOf(path), scene.alpha) > 0.9);
    assert.ok((data['confidence'] as number) > 0.7, `confidence ${data['confidence']}`);
  });

  it('of an empty picture is empty with low confidence, not an error', async () => {
    const plain = sharp({ create: { width: 400, height: 300, channels: 3, background: '#8fa3b0' } }).png();
    const { data } = await cutOut(plain);
    assert.ok((data['confidence'] as number) < 0.5, `confidence ${data['confidence']}`);
  });

  it('takes a picture of one pixel', async () => {
    const { data } = await cutOut(sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } }).png());
    assert.deepEqual([data['widthPx'], data['heightPx']], [1, 1]);
  });

  it('keeps the picture’s own opacity as an upper bound', async () => {
    const scene = sceneOf('product-on-white');
    const own = Buffer.from(scene.alpha.map((_, index) => (index % size.widthPx < size.widthPx / 2 ? 90 : 255)));
    const rgba = photo(scene).joinChannel(own, { raw: { width: size.widthPx, height: size.heightPx, channels: 1 } });
    const alpha = await alphaOf((await cutOut(rgba.png())).path);
    assert.ok(alpha.every((value, index) => value <= (own[index] as number)));
    assert.ok(alpha.some((value) => value === 90));
  });
});

describe('what cameras and programs write', () => {
  const scene = sceneOf('product-on-white');

  it('is turned upright by its EXIF orientation, and loses its metadata', async () => {
    const upright = await cutOut(photo(scene).png());
    const turned = await photo(scene)
      .rotate(90)
      .withExif({ IFD0: { Artist: 'someone' } })
      .withMetadata({ orientation: 8 })
      .png()
      .toBuffer();
    const { path, data } = await cutOut(turned);
    assert.deepEqual([data['widthPx'], data['heightPx']], [size.widthPx, size.heightPx]);
    assert.ok(meanDifference(await alphaOf(path), await alphaOf(upright.path)) < 1);
    const { exif, icc, orientation } = await sharp(path).metadata();
    assert.deepEqual([exif, icc, orientation], [undefined, undefined, undefined]);
  });

  const variants: Record<string, (image: Sharp) => Sharp> = {
    'CMYK JPEG': (image) => image.toColourspace('cmyk').jpeg({ quality: 95 }),
    '16-bit PNG': (image) => image.toColourspace('rgb16').png(),
    'Display P3 with its profile': (image) => image.withIccProfile('p3').png(),
    'palette PNG': (image) => image.png({ palette: true, dither: 0 }),
    GIF: (image) => image.gif({ dither: 0 }),
    TIFF: (image) => image.tiff({ compression: 'lzw' }),
    WebP: (image) => image.webp({ quality: 95 }),
    AVIF: (image) => image.avif({ quality: 80, effort: 0 }),
  };
  for (const [name, write] of Object.entries(variants)) {
    it(`${name}: comes out as sRGB in 8 bits, in the colours of the original`, async () => {
      const plain = await cutOut(photo(scene).png());
      const { path } = await cutOut(write(photo(scene)));
      const { space, depth, channels } = await sharp(path).metadata();
      assert.deepEqual({ space, depth, channels }, { space: 'srgb', depth: 'uchar', channels: 4 });
      const colours = async (file: string) => await sharp(file).flatten({ background: '#fff' }).raw().toBuffer();
      const difference = meanDifference(await colours(path), await colours(plain.path));
      assert.ok(difference < 4, `mean difference ${difference} / 255`);
    });
  }

  it('HEIC from a phone: comes out in the size and colours of the original', async () => {
    const shoe = makeScene({ seed: 5, kind: 'product-on-white', widthPx: 200, heightPx: 150 });
    const colours = async (file: string) => await sharp(file).flatten({ background: '#fff' }).raw().toBuffer();
    const plain = await cutOut(photo(shoe).png());
    const { path, data } = await cutOut(heicFixture('shoe'));
    assert.deepEqual([data['widthPx'], data['heightPx']], [200, 150]);
    const difference = meanDifference(await colours(path), await colours(plain.path));
    assert.ok(difference < 4, `mean difference ${difference} / 255`);
  });

  it('grey stays grey', async () => {
    const { path } = await cutOut(photo(scene).greyscale().png());
    const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
    assert.equal(info.channels, 4);
    assert.ok(data.every((value, index) => index % 4 === 3 || value === data[index - (index % 4)]));
  });

  it('is refused in words when it is cut off', async () => {
    const path = join(folder, 'cut.jpg');
    await photo(scene).jpeg().toFile(path);
    await truncate(path, 9_000);
    await assert.rejects(cutOut(path), (error: unknown) => error instanceof AppError && error.code === 'MEDIA_INVALID');
  });
});

describe('the result', () => {
  const scene = sceneOf('product-on-white');

  it('is straight alpha, with nothing of the background left under it', async () => {
    const { path } = await cutOut(photo(scene).png());
    const pixels = await sharp(path).raw().toBuffer();
    const soft: number[] = [];
    for (let at = 0; at < pixels.length; at += 4) {
      const [red, green, blue, alpha] = pixels.subarray(at, at + 4) as unknown as [number, number, number, number];
      if (alpha === 0) assert.deepEqual([red, green, blue], [0, 0, 0]);
      else if (alpha < 128) soft.push(Math.max(red, green, blue));
    }
    // Premultiplied, nothing under alpha 128 could be brighter than 128.
    assert.ok(soft.some((brightest) => brightest > 128));
  });

  it('is the mask alone where that was asked for', async () => {
    const mask = await cutOut(photo(scene).png(), { maskOnly: true });
    const whole = await cutOut(photo(scene).png());
    const { data, info } = await sharp(mask.path).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
    assert.equal(info.channels, 1);
    assert.equal(meanDifference(data, await alphaOf(whole.path)), 0);
  });

  it('is cropped to the subject with its margin', async () => {
    const tight = await cutOut(photo(scene).png(), { crop: true });
    const roomy = await cutOut(photo(scene).png(), { crop: true, marginPercent: 10 });
    const { widthPx = 0, heightPx = 0 } = tight.data;
    const marginPx = Math.round(Math.max(widthPx, heightPx) / 10);
    assert.ok(widthPx < size.widthPx && heightPx < size.heightPx);
    assert.deepEqual(
      [roomy.data['widthPx'], roomy.data['heightPx']],
      [widthPx + 2 * marginPx, heightPx + 2 * marginPx],
    );
    const { width, height } = await sharp(roomy.path).metadata();
    assert.deepEqual([width, height], [roomy.data['widthPx'], roomy.data['heightPx']]);
    const rows = await sharp(tight.path).extractChannel('alpha').raw().toBuffer();
    assert.ok(
      rows.subarray(0, widthPx).some((value) => value >= 16) && rows.subarray(-widthPx).some((value) => value >= 16),
    );
  });

  for (const format of ['png', 'webp', 'avif', 'jpeg'] as const) {
    it(`is written as ${format}`, async () => {
      const { path, mediaType } = await cutOut(photo(scene).png(), { format });
      const metadata = await sharp(path).metadata();
      assert.equal(mediaType, `image/${format}`);
      assert.equal(metadata.format, format === 'avif' ? 'heif' : format);
      assert.equal(metadata.hasAlpha, format !== 'jpeg');
    });
  }

  it('stands on the colour that was asked for; a JPEG on white by default', async () => {
    const corner = async (path: string) => [...(await sharp(path).removeAlpha().raw().toBuffer()).subarray(0, 3)];
    const green = await cutOut(photo(scene).png(), { background: '#00ff7f' });
    assert.deepEqual(await corner(green.path), [0, 255, 127]);
    assert.equal((await sharp(green.path).metadata()).hasAlpha, false);
    assert.deepEqual(await corner((await cutOut(photo(scene).png(), { format: 'jpeg' })).path), [255, 255, 255]);
  });

  it('is the same, byte for byte, each time', async () => {
    const [first, second] = [await cutOut(photo(scene).png()), await cutOut(photo(scene).png())];
    assert.deepEqual(await sharp(first.path).raw().toBuffer(), await sharp(second.path).raw().toBuffer());
  });
});
