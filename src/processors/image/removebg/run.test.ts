import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import sharp from 'sharp';
import { Value } from 'typebox/value';
import { fromBuffer } from 'yauzl';
import { type RemovebgParams, removebgParams } from './params.ts';
import { createRuntime } from './run.ts';

/** A red block of 60 × 40 at (80, 50), on a green picture of 240 × 160: everything about it is known. */
const picture = { widthPx: 240, heightPx: 160 };
const block = { leftPx: 80, topPx: 50, widthPx: 60, heightPx: 40 };
const green = { r: 0, g: 255, b: 0 };

let folder: string;
let jobs = 0;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'esteira-removebg-'));
  const canvas = { width: picture.widthPx, height: picture.heightPx, channels: 3 as const };
  const at = { left: block.leftPx, top: block.topPx };
  const solid = (background: string) =>
    sharp({ create: { width: block.widthPx, height: block.heightPx, channels: 3, background } })
      .png()
      .toBuffer();
  await sharp({ create: { ...canvas, background: green } })
    .composite([{ input: await solid('#f00'), ...at }])
    .png()
    .toFile(join(folder, 'photo.png'));
  await sharp({ create: { ...canvas, background: '#000' } })
    .composite([{ input: await solid('#fff'), ...at }])
    .toColourspace('b-w')
    .png()
    .toFile(join(folder, 'mask.png'));
  await sharp({ create: { ...canvas, background: '#000' } })
    .png()
    .toFile(join(folder, 'empty-mask.png'));
  await sharp({ create: { width: 30, height: 90, channels: 3, background: '#00f' } })
    .jpeg({ quality: 100 })
    .toFile(join(folder, 'background.jpg'));
});
after(() => rm(folder, { recursive: true }));

async function run(given: Partial<RemovebgParams> = {}, { background = false, mask = 'mask.png' } = {}) {
  const scratchDir = join(folder, String(jobs++));
  await mkdir(scratchDir);
  const photo = { path: join(folder, 'photo.png'), mediaType: 'image/png', sizeBytes: 1 };
  const behind = { path: join(folder, 'background.jpg'), mediaType: 'image/jpeg', sizeBytes: 1 };
  const params = Value.Default(removebgParams, { ...given }) as RemovebgParams;
  assert.ok(Value.Check(removebgParams, params), JSON.stringify(given));
  const [output] = await createRuntime().run({
    modelsDir: folder,
    threads: 1,
    inputs: background ? [photo, behind] : [photo],
    needed: [{ path: join(folder, mask), mediaType: 'image/png', data: { confidence: 0.9 } }],
    params,
    scratchDir,
    progress: () => {},
    log: () => {},
    signal: new AbortController().signal,
  });
  assert.ok(output);
  return { ...output, data: output.data ?? {}, path: join(scratchDir, output.file) };
}

/** Colour and opacity at a place. */
async function pixel(path: string, leftPx: number, topPx: number): Promise<number[]> {
  return [
    ...(await sharp(path)
      .ensureAlpha()
      .toColourspace('srgb')
      .extract({ left: leftPx, top: topPx, width: 1, height: 1 })
      .raw()
      .toBuffer()),
  ];
}

function near(actual: readonly number[], expected: readonly number[], tolerance = 6): void {
  const far = actual.some((value, at) => Math.abs(value - (expected[at] ?? 0)) > tolerance);
  assert.ok(!far, `${actual} instead of ${expected}`);
}

const red = [255, 0, 0, 255];
const clear = [0, 0, 0, 0];

describe('image.removebg', () => {
  it('by itself leaves the subject where it is, on nothing, as PNG', async () => {
    const { path, mediaType, data } = await run();
    assert.equal(mediaType, 'image/png');
    assert.deepEqual(data, { confidence: 0.9, ...picture, foreground: block });
    near(await pixel(path, 110, 70), red);
    near(await pixel(path, 10, 10), clear);
  });

  it('says that it found nothing', async () => {
    const { data } = await run({ crop: true, scalePercent: 50 }, { mask: 'empty-mask.png' });
    assert.deepEqual([data['foreground'], data['widthPx']], [null, 240]);
  });

  it('makes it as small as is asked, and no larger', async () => {
    const { data } = await run({ maxMegapixels: 0.0096 });
    // The edge is softer then, by a pixel on each side.
    near(Object.values(data['foreground'] as object), [40, 25, 30, 20], 2);
    assert.deepEqual([data['widthPx'], data['heightPx']], [120, 80]);
    assert.equal((await run({ maxMegapixels: 50 })).data['widthPx'], 240);
  });

  for (const [cropMargin, size, at] of [
    ['0px', [60, 40], [0, 0]],
    ['10px', [80, 60], [10, 10]],
    ['10%', [72, 48], [6, 4]],
    ['5px 10px', [80, 50], [10, 5]],
    ['1px 2px 3px 4px', [66, 44], [4, 1]],
    ['900px', [120, 80], [30, 20]],
  ] as const) {
    it(`crops with a margin of ${cropMargin}`, async () => {
      const { path, data } = await run({ crop: true, cropMargin });
      assert.deepEqual([data['widthPx'], data['heightPx']], size);
      assert.deepEqual(data['foreground'], { leftPx: at[0], topPx: at[1], widthPx: 60, heightPx: 40 });
      near(await pixel(path, at[0] + 1, at[1] + 1), red);
      if (at[0] > 0) near(await pixel(path, at[0] - 1, at[1]), clear);
    });
  }

  for (const [name, params, foreground] of [
    ['scaled in the centre', { scalePercent: 50 }, { leftPx: 60, topPx: 40, widthPx: 120, heightPx: 80 }],
    ['scaled to fill', { scalePercent: 100 }, { leftPx: 0, topPx: 0, widthPx: 240, heightPx: 160 }],
    ['in the centre', { position: 'center' }, { leftPx: 90, topPx: 60, widthPx: 60, heightPx: 40 }],
    ['at the right edge', { position: '100% 50%' }, { leftPx: 180, topPx: 60, widthPx: 60, heightPx: 40 }],
    ['in the corner', { position: '0%' }, { leftPx: 0, topPx: 0, widthPx: 60, heightPx: 40 }],
    [
      'scaled around its place',
      { scalePercent: 50, position: 'original' },
      { leftPx: 50, topPx: 30, widthPx: 120, heightPx: 80 },
    ],
    [
      'scaled over the edge',
      { scalePercent: 100, position: 'original' },
      { leftPx: -10, topPx: -10, widthPx: 240, heightPx: 160 },
    ],
  ] as const) {
    it(`stands ${name}`, async () => {
      const { path, data } = await run(params);
      assert.deepEqual([data['widthPx'], data['heightPx'], data['foreground']], [240, 160, foreground]);
      const [x, y] = [foreground.leftPx + foreground.widthPx / 2, foreground.topPx + foreground.heightPx / 2];
      near(await pixel(path, x, y), red);
    });
  }

  it('takes nothing outside the region of interest', async () => {
    for (const roi of ['80px 50px 110px 90px', '33.333% 31.25% 45.833% 56.25%']) {
      const { path, data } = await run({ roi });
      assert.deepEqual(data['foreground'], { ...block, widthPx: 30 });
      near(await pixel(path, 120, 70), clear);
    }
    await assert.rejects(run({ roi: '0px 0px 241px 10px' }), { code: 'INVALID_PARAMETERS', message: /exceeds/ });
    await assert.rejects(run({ roi: '50% 0% 50% 100%' }), { code: 'INVALID_PARAMETERS', message: /empty/ });
  });

  it('puts a colour behind it, half transparent too', async () => {
    const opaque = await run({ background: '#0000ff' });
    assert.equal(opaque.mediaType, 'image/jpeg');
    near(await pixel(opaque.path, 10, 10), [0, 0, 255, 255]);
    const half = await run({ background: '#0000ff80' });
    assert.equal(half.mediaType, 'image/png');
    near(await pixel(half.path, 10, 10), [0, 0, 255, 128]);
    near(await pixel(half.path, 110, 70), red);
  });

  it('puts a picture behind it that fills the canvas', async () => {
    const { path, mediaType, data } = await run({}, { background: true });
    assert.deepEqual([mediaType, data['widthPx'], data['heightPx']], ['image/jpeg', 240, 160]);
    for (const [x, y] of [
      [0, 0],
      [239, 159],
      [200, 80],
    ] as const)
      near(await pixel(path, x, y), [0, 0, 254, 255]);
    near(await pixel(path, 110, 70), [254, 0, 0, 255], 10);
  });

  it('gives the mask alone', async () => {
    const { path, mediaType } = await run({ channels: 'alpha', position: 'center' });
    const { channels } = await sharp(path).metadata();
    assert.deepEqual([mediaType, channels], ['image/png', 1]);
    near(await pixel(path, 120, 80), [255, 255, 255, 255]);
    near(await pixel(path, 80, 50), [0, 0, 0, 255]);
  });

  it('casts a shadow below it, as dark as is asked', async () => {
    const below = async (params: Partial<RemovebgParams>) => await pixel((await run(params)).path, 110, 91);
    near(await below({}), clear);
    const [, , , full = 0] = await below({ shadow: 'drop', shadowOpacity: 100 });
    const [, , , half = 0] = await below({ shadow: 'drop', shadowOpacity: 50 });
    assert.ok(full > 60 && Math.abs(half - full / 2) <= 2, `${full}, ${half}`);
    near(await pixel((await run({ shadow: 'drop' })).path, 110, 70), red);
    const cropped = await run({ shadow: 'drop', crop: true, scalePercent: 100 });
    near(await pixel(cropped.path, 30, 20), red);
  });

  for (const format of ['png', 'jpeg', 'webp'] as const) {
    it(`writes ${format}`, async () => {
      const { path, mediaType } = await run({ format });
      assert.deepEqual([mediaType, (await sharp(path).metadata()).format], [`image/${format}`, format]);
      near(await pixel(path, 10, 10), format === 'jpeg' ? [255, 255, 255, 255] : clear);
    });
  }

  it('writes colours and opacity into a ZIP, the same bytes each time', async () => {
    const { path, mediaType } = await run({ format: 'zip' });
    assert.equal(mediaType, 'application/zip');
    const names: string[] = [];
    const ended = Promise.withResolvers<void>();
    fromBuffer(await readFile(path), { lazyEntries: true }, (error, zip) => {
      if (error) return ended.reject(error);
      zip.on('entry', ({ fileName }) => {
        names.push(fileName);
        zip.readEntry();
      });
      zip.on('end', ended.resolve);
      zip.readEntry();
    });
    await ended.promise;
    assert.deepEqual(names, ['color.jpg', 'alpha.png']);
    assert.deepEqual(await readFile(path), await readFile((await run({ format: 'zip' })).path));
  });
});
