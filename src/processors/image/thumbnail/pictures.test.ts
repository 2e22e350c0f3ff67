import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import sharp from 'sharp';
import { perceptualDifference } from '../../../../test/support/perceptual-difference.ts';
import { makeScene, type SceneKind } from '../../../../test/support/scenes.ts';
import { filesOf, type Said, thumbnailOf } from './test-thumbnail.ts';

// Looked at by people when they were stored; `UPDATE_PICTURES=1` stores new ones, to be looked at again.
const stored = join(import.meta.dirname, 'fixtures');
const isUpdate = process.env['UPDATE_PICTURES'] === '1';

/**
 * A ΔE of 2.3 is just noticed. The pictures are stored without loss, so the same libraries give 0; others may smooth edges
 * and round otherwise, which moves patches on an edge by one or two. What must not pass moves some patch by more than 4:
 * a missing accent by 4.4, a digit by 20, a shadow by 8 (the last test holds the limits to that).
 */
const limits = { mean: 0.5, worst: 4 };

const canvas = { widthPx: 240, heightPx: 240 };
const output = { format: 'png' };

interface Recipe {
  readonly scenes: readonly SceneKind[];
  readonly said: Said;
}

const recipes: Readonly<Record<string, Recipe>> = {
  'price-card': {
    scenes: ['product-on-white'],
    said: {
      background: {
        kind: 'gradient',
        shape: 'radial',
        stops: [
          { colour: '#ffffff', atPercent: 0 },
          { colour: '#b8d4f0', atPercent: 100 },
        ],
      },
      products: [{ mask: 1, marginPercent: 14, shadow: { kind: 'contact' } }],
      texts: [
        { kind: 'text', text: 'Promoção 🔥 só hoje' },
        { kind: 'oldPrice', text: 'R$ 199,90', sizePercent: 6 },
        { kind: 'price', text: 'R$ 149,90', sizePercent: 11 },
      ],
    },
  },
  'blurred-original': {
    scenes: ['soft-edge'],
    said: {
      background: { kind: 'original' },
      products: [{ mask: 1, shadow: { kind: 'drop' } }],
      texts: [{ kind: 'discount', text: '-30%', sizePercent: 9 }],
    },
  },
  reflection: {
    scenes: ['white-on-grey'],
    said: {
      background: { kind: 'gradient' },
      products: [{ mask: 1, marginPercent: 20, anchor: 'top', shadow: { kind: 'reflection' } }],
    },
  },
  'two-products': {
    scenes: ['strands'],
    said: {
      background: { kind: 'colour', colour: '#fde2e4' },
      products: [
        { mask: 1, shadow: { kind: 'contact' } },
        { mask: 1, mirror: true, rotateDegrees: 15, shadow: { kind: 'drop', angleDegrees: 120 } },
      ],
      texts: [{ text: '<b>não</b> é HTML', anchor: 'bottom', box: { colour: '#ffffff' }, rotateDegrees: -5 }],
    },
  },
};

async function made({ scenes, said }: Recipe): Promise<Buffer> {
  const files = await Promise.all(
    scenes.map(async (kind) => await filesOf(makeScene({ seed: 4, kind, widthPx: 480, heightPx: 360 }))),
  );
  return (await thumbnailOf(files.flat(), { canvas, output, ...said })).bytes;
}

describe('composed pictures look as they did when people looked at them', () => {
  for (const [name, recipe] of Object.entries(recipes)) {
    it(name, async () => {
      const picture = await made(recipe);
      const path = join(stored, `${name}.webp`);
      if (isUpdate) {
        await mkdir(stored, { recursive: true });
        await writeFile(path, await sharp(picture).webp({ lossless: true, effort: 6 }).toBuffer());
      }
      assert.ok(existsSync(path), 'there is no stored picture: make one with UPDATE_PICTURES=1 and look at it');
      const { mean, worst } = await perceptualDifference(picture, await readFile(path));
      assert.ok(mean <= limits.mean && worst <= limits.worst, `mean ΔE ${mean}, worst ${worst}`);
    });
  }
});

it('the limits notice what people would notice', async () => {
  const recipe = recipes['price-card'] as Recipe;
  const whole = await made(recipe);
  const [product] = recipe.said['products'] as Said[];
  const texts = recipe.said['texts'] as Said[];
  const changes: Record<string, Said> = {
    'no shadow': { products: [{ ...product, shadow: { kind: 'none' } }] },
    'another digit': { texts: texts.with(2, { ...texts[2], text: 'R$ 149,91' }) },
    'no accents': { texts: texts.with(0, { ...texts[0], text: 'Promocao 🔥 só hoje' }) },
    'no emoji': { texts: texts.with(0, { ...texts[0], text: 'Promoção ♦ só hoje' }) },
    'the product 4 px off': { products: [{ ...product, offsetXPercent: 1.7 }] },
    mirrored: { products: [{ ...product, mirror: true }] },
  };
  for (const [what, change] of Object.entries(changes)) {
    const { mean, worst } = await perceptualDifference(
      whole,
      await made({ ...recipe, said: { ...recipe.said, ...change } }),
    );
    assert.ok(mean > limits.mean || worst > limits.worst, `${what}: mean ΔE ${mean}, worst ${worst}`);
  }
});
