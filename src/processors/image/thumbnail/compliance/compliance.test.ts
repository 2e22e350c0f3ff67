import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import sharp from 'sharp';
import type { Preset } from '#processors/shared/image/preset.ts';
import { makeScene } from '../../../../../test/support/scenes.ts';
import { presets } from '../presets/presets.ts';
import { filesOf, plain, thumbnailOf } from '../test-thumbnail.ts';
import { checkCompliance } from './check.ts';
import { measure } from './measure.ts';

/** A dark box on a plain ground, written without loss: everything about it is known. */
async function boxOn(
  background: string,
  side: number,
  box: { left: number; top: number; width: number; height: number },
) {
  return await sharp({ create: { width: side, height: side, channels: 3, background } })
    .composite([{ input: await plain(box.width, box.height, '#204060'), left: box.left, top: box.top }])
    .removeAlpha()
    .png()
    .toBuffer();
}

const nowhere = { left: 0, top: 0, width: 0, height: 0 };

describe('what is measured', () => {
  it('is the file’s own size, format, colours and opacity', async () => {
    const file = await boxOn('#ffffff', 200, { left: 50, top: 20, width: 100, height: 160 });
    const found = await measure(file, nowhere);
    const { widthPx, heightPx, sizeBytes, format, srgb, hasAlpha } = found;
    assert.deepEqual(
      { widthPx, heightPx, sizeBytes, format, srgb, hasAlpha },
      { widthPx: 200, heightPx: 200, sizeBytes: file.length, format: 'png', srgb: true, hasAlpha: false },
    );
    assert.equal((await measure(await sharp(file).ensureAlpha().png().toBuffer(), nowhere)).hasAlpha, true);
    assert.equal((await measure(await sharp(file).withIccProfile('p3').png().toBuffer(), nowhere)).srgb, false);
  });

  it('is how far the subject reaches, on any plain ground', async () => {
    for (const ground of ['#ffffff', '#f2e8cf', '#101010']) {
      const { fillPercent } = await measure(
        await boxOn(ground, 200, { left: 30, top: 20, width: 130, height: 90 }),
        nowhere,
      );
      assert.equal(fillPercent, 65);
    }
    const composed = { left: 0, top: 0, width: 60, height: 30 };
    const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
    const busy = await sharp({ create: { width: 100, height: 100, channels: 3, background: '#000', noise } })
      .png()
      .toBuffer();
    assert.equal((await measure(busy, composed)).fillPercent, 60, 'on another ground it is what was composed');
  });

  it('is the darkest value of the corners, and the share of white along the edge', async () => {
    const white = await measure(await boxOn('#ffffff', 200, { left: 20, top: 20, width: 160, height: 160 }), nowhere);
    assert.deepEqual([white.darkestCorner, white.whiteBorderPercent], [255, 100]);
    const offWhite = await measure(
      await boxOn('#fafafa', 200, { left: 20, top: 20, width: 160, height: 160 }),
      nowhere,
    );
    assert.deepEqual([offWhite.darkestCorner, offWhite.whiteBorderPercent], [250, 0]);
    // The box takes 99.5 px of one of four edges of 199 px each: an eighth of the frame of one pixel.
    const touching = await measure(await boxOn('#ffffff', 200, { left: 0, top: 50, width: 60, height: 100 }), nowhere);
    assert.equal(touching.darkestCorner, 255);
    assert.ok(Math.abs(touching.whiteBorderPercent - (1 - 100 / 796) * 100) < 0.01, `${touching.whiteBorderPercent}`);
  });
});

const strict: Preset = {
  ...(presets[0] as Preset),
  widthPx: 200,
  heightPx: 200,
  checks: [
    { code: 'size' },
    { code: 'smallest-side', min: 180 },
    { code: 'white-corners' },
    { code: 'white-border', min: 99 },
    { code: 'fill', min: 60, max: 70 },
    { code: 'bytes', max: 100_000 },
    { code: 'format', allowed: ['png'] },
    { code: 'srgb' },
    { code: 'opaque' },
    { code: 'no-overlay' },
  ],
};

describe('the verdict', () => {
  const good = { left: 30, top: 20, width: 130, height: 90 };

  it('passes what keeps every rule', async () => {
    const { passed, checks } = checkCompliance(strict, await measure(await boxOn('#ffffff', 200, good), nowhere), {
      texts: 0,
      logos: 0,
    });
    assert.deepEqual(
      checks.filter((check) => !check.passed),
      [],
    );
    assert.ok(passed && checks.length === strict.checks.length);
  });

  it('fails each rule alone, and says by how much in both languages', async () => {
    const file = await sharp(await boxOn('#f0f0f0', 160, { left: 0, top: 10, width: 150, height: 90 }))
      .ensureAlpha(0.9)
      .webp({ lossless: true, exact: true })
      .toBuffer();
    const tiny = {
      ...strict,
      checks: strict.checks.map((check) => (check.code === 'bytes' ? { ...check, max: 50 } : check)),
    };
    const { passed, checks } = checkCompliance(tiny, await measure(file, nowhere), { texts: 2, logos: 1 });
    assert.equal(passed, false);
    assert.deepEqual(
      checks.filter((check) => check.passed).map(({ code }) => code),
      ['srgb'],
    );
    const textOf = (code: string) => checks.find((check) => check.code === code)?.text;
    assert.match(textOf('size')?.en ?? '', /160 × 160 px; 200 × 200 px/);
    assert.match(textOf('smallest-side')?.['pt-BR'] ?? '', /160 px, 20 a menos que os 180/);
    assert.match(textOf('white-corners')?.en ?? '', /240, 15 below pure white/);
    assert.match(textOf('fill')?.['pt-BR'] ?? '', /93,7 % da imagem; o exigido é 60–70 %/);
    assert.match(textOf('no-overlay')?.['pt-BR'] ?? '', /a imagem tem 3/);
    for (const { text } of checks) assert.ok(text.en !== '' && text['pt-BR'] !== '' && text.en !== text['pt-BR']);
  });
});

describe('the presets', () => {
  it('have names of their own, and say where their rules are from', () => {
    assert.equal(new Set(presets.map(({ id }) => id)).size, presets.length);
    for (const { id, source, checks, maxBytes } of presets) {
      assert.ok(URL.canParse(source.url) && source.title !== '', id);
      assert.ok(source.readOn === null ? source.note !== undefined : /^\d{4}-\d\d-\d\d$/.test(source.readOn), id);
      const limit = checks.find(({ code }) => code === 'bytes')?.max;
      assert.ok(limit !== undefined && maxBytes !== undefined && maxBytes <= limit, id);
    }
  });

  for (const { id, widthPx, heightPx } of presets) {
    it(`${id}: a product alone keeps its own rules`, async () => {
      const scene = makeScene({ seed: 5, kind: 'product-on-white', widthPx: 600, heightPx: 450 });
      const { picture, compliance } = await thumbnailOf(await filesOf(scene), { preset: id, products: [{ mask: 1 }] });
      assert.deepEqual([picture.widthPx, picture.heightPx], [widthPx, heightPx]);
      assert.deepEqual(
        compliance?.checks.filter(({ passed }) => !passed),
        [],
      );
      assert.ok(compliance?.preset === id && compliance.passed);
    });
  }

  it('are told apart by what they forbid: a price fails where no text may be', async () => {
    const scene = makeScene({ seed: 5, kind: 'product-on-white', widthPx: 300, heightPx: 225 });
    const said = { products: [{ mask: 1 }], texts: [{ kind: 'price', text: 'R$ 10' }] };
    const failed = async (preset: string) => {
      const { compliance } = await thumbnailOf(await filesOf(scene), { preset, ...said });
      return compliance?.checks.filter(({ passed }) => !passed).map(({ code }) => code);
    };
    assert.ok((await failed('amazon-main'))?.includes('no-overlay'));
    assert.deepEqual(await failed('instagram-square'), []);
  });
});
