import { expect, test } from 'vitest';
import { batchOf } from './batch-items.ts';
import { type Design, newBackground, newDesign, newLogo, newText } from './design.ts';
import { designFrom } from './template-design.ts';
import { templateDocument, templateFileName } from './template-file.ts';

const full: Design = {
  ...newDesign,
  background: { kind: 'gradient', shape: 'radial', angleDegrees: 90, stops: [] },
  product: { ...newDesign.product, marginPercent: 3, mirror: true, shadow: { kind: 'drop', opacityPercent: 20 } },
  texts: [{ ...newText('price', 'R$ {{preço}}'), box: { colour: '#ffffff', paddingPercent: 10, radiusPercent: 0 } }],
  output: { format: 'webp', compression: 80 },
};

/** Without what is the editor's own: keys of texts. */
function plain(design: Design) {
  return { ...design, texts: design.texts.map(({ key: _key, ...text }) => text) };
}

test('a design that is saved and opened again is the same', () => {
  const { params } = templateDocument('x', full, 'shopee');
  const opened = designFrom(JSON.parse(JSON.stringify(params)));
  expect(opened.preset).toBe('shopee');
  expect(plain(opened.design)).toEqual(plain(full));
});

test('pictures are no part of a template: their places are', () => {
  const picture = { assetId: 'b', name: 'b.jpg' };
  const design = { ...newDesign, background: newBackground('image'), logo: newLogo(picture) };
  const { params } = templateDocument('x', design, 'none');
  expect(params).toMatchObject({ background: { input: 1 }, logos: [{ input: 2 }] });
  const opened = designFrom(params).design;
  expect(opened.background).toEqual(newBackground('image'));
  expect(opened.logo).not.toHaveProperty('picture');
});

test('what a template leaves out is completed, what the editor has no place for is left', () => {
  const { design, preset } = designFrom({ products: [{ input: 0 }, { input: 1 }], texts: [{ text: 'a' }] });
  expect(preset).toBe('none');
  expect(design.product).toEqual(newDesign.product);
  expect(design.texts[0]).toMatchObject({ kind: 'text', text: 'a', maxLines: 2 });
});

test('fields are those of the texts, and keep what was said of them', () => {
  const known = { preço: { title: 'Preço', default: '9,90' }, gone: {} };
  expect(templateDocument('x', full, 'none', known).fields).toEqual({ preço: { title: 'Preço', default: '9,90' } });
});

test('a file name holds nothing that a file system would mind', () => {
  expect(['Promoção / 50%', '../..', ''].map(templateFileName)).toEqual([
    'Promoção  50.json',
    'template.json',
    'template.json',
  ]);
});

test('a batch has every product for every channel, filled and named after both', () => {
  const lines = [
    { product: { assetId: '1', name: 'fone.webp' }, values: { preço: '10' } },
    { product: { assetId: '2', name: 'caneca.jpg', maskId: 'm' }, values: { preço: '20' } },
  ];
  const { processor, inputs } = batchOf(full, lines, ['shopee', 'none']);
  expect(processor).toBe('image.thumbnail');
  expect(inputs.map(({ name }) => name)).toEqual(['fone shopee', 'fone none', 'caneca shopee', 'caneca none']);
  expect(inputs[2]).toMatchObject({
    inputs: ['2', 'm'],
    params: { preset: 'shopee', texts: [{ text: 'R$ 20' }], products: [{ mask: 1 }] },
  });
});
