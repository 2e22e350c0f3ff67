import assert from 'node:assert/strict';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import sharp, { type Sharp } from 'sharp';
import { makeScene } from '../../../../test/support/scenes.ts';
import { createRuntime } from './run.ts';

const { rgb, alpha, widthPx, heightPx } = makeScene({ seed: 3, kind: 'soft-edge', widthPx: 160, heightPx: 120 });
const size = { width: widthPx, height: heightPx };
const cutOut = () =>
  sharp(rgb, { raw: { ...size, channels: 3 } }).joinChannel(alpha, { raw: { ...size, channels: 1 } });

function sixteenBits(): Sharp {
  const pixels = new Uint16Array(alpha.length * 4);
  for (const [at, value] of alpha.entries()) pixels.set([0, 0, 0, value * 257], at * 4);
  return sharp(pixels, { raw: { ...size, channels: 4 } });
}

describe('image.alpha', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'esteira-alpha-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function run(path: string) {
    const [output] = await createRuntime().run({
      modelsDir: folder,
      threads: 1,
      inputs: [{ path, mediaType: 'image/png', sizeBytes: 1 }],
      needed: [],
      params: {},
      scratchDir: folder,
      progress: () => {},
      log: () => {},
      signal: new AbortController().signal,
    });
    assert.ok(output);
    return { ...output, path: join(folder, output.file) };
  }

  async function fileOf(image: Sharp): Promise<string> {
    const path = join(folder, 'cut-out');
    await writeFile(path, await image.toBuffer());
    return path;
  }

  for (const [name, image] of [
    ['PNG', () => cutOut().png()],
    ['WebP', () => cutOut().webp({ quality: 40, alphaQuality: 100 })],
    ['16-bit PNG', () => sixteenBits().toColourspace('rgb16').png()],
  ] as const) {
    it(`gives the opacity of a ${name} exactly, as a grey PNG`, async () => {
      const { path, mediaType, data } = await run(await fileOf(image()));
      const { format, channels } = await sharp(path).metadata();
      assert.deepEqual([mediaType, format, channels], ['image/png', 'png', 1]);
      assert.ok(alpha.equals(await sharp(path).toColourspace('b-w').raw().toBuffer()));
      const covered = alpha.filter((value) => value > 127).length / alpha.length;
      assert.ok(Math.abs(Number(data?.['coverage']) - covered) < 1e-4);
      assert.ok(Number(data?.['confidence']) > 0.5);
    });
  }

  it('is sure of nothing where everything is transparent', async () => {
    const nothing = sharp({ create: { ...size, channels: 4, background: '#0000' } }).png();
    assert.deepEqual((await run(await fileOf(nothing))).data, { widthPx, heightPx, confidence: 0, coverage: 0 });
  });

  for (const [name, image] of [
    ['has no transparency', () => sharp(rgb, { raw: { ...size, channels: 3 } }).png()],
    [
      'could have some and has none',
      () =>
        sharp(rgb, { raw: { ...size, channels: 3 } })
          .ensureAlpha()
          .png(),
    ],
  ] as const) {
    it(`refuses a picture that ${name}`, async () => {
      await assert.rejects(run(await fileOf(image())), { code: 'MEDIA_INVALID', message: /opaque everywhere/ });
    });
  }

  it('refuses a picture that is cut off', async () => {
    const path = await fileOf(cutOut().png());
    await truncate(path, 5_000);
    await assert.rejects(run(path), { code: 'MEDIA_INVALID', message: /damaged/ });
  });
});
