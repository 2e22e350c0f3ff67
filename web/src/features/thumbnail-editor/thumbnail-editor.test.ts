import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shadowDefaults as serverShadows } from '../../../../src/processors/image/thumbnail/params/product.ts';
import { textDefaults as serverTexts } from '../../../../src/processors/image/thumbnail/params/text.ts';
import { type Design, newBackground, newDesign, newLogo, newText, shadowDefaults, textDefaults } from './design.ts';
import { fieldsIn, filled } from './fields.ts';
import { changed, redone, startHistory, undone } from './history.ts';
import { type Ghost, outlineOf, placeGhost } from './placement.ts';
import { readPriceTable } from './price-table.ts';
import { plainName, withProducts } from './product-list.ts';
import { templateParams, thumbnailRequest } from './request.ts';

const picture = { assetId: 'b', name: 'wood.jpg' };

describe('request', () => {
  test('a plain design says no more than it has to', () => {
    const { inputs, params } = thumbnailRequest(newDesign, { assetId: 'p', name: 'p.jpg' }, 'shopee');
    expect(inputs).toEqual(['p']);
    expect(params).not.toHaveProperty('canvas');
    expect(params).not.toHaveProperty('background');
    expect(params).not.toHaveProperty('texts');
    expect(params).toMatchObject({ preset: 'shopee', products: [{ input: 0, anchor: 'centre' }] });
  });

  test('a size of one’s own is said, a preset’s is not', () => {
    const { params } = thumbnailRequest(newDesign, { assetId: 'p', name: 'p.jpg' }, 'none');
    expect(params).toMatchObject({ preset: 'none', canvas: { widthPx: 1200, heightPx: 1200 } });
  });

  test('product, mask, background and logo are named by their places', () => {
    const design: Design = {
      ...newDesign,
      background: { ...newBackground('image'), picture } as Design['background'],
      logo: newLogo({ assetId: 'l', name: 'logo.png' }),
    };
    const { inputs, params } = thumbnailRequest(design, { assetId: 'p', name: 'p.jpg', maskId: 'm' }, 'shopee');
    expect(inputs).toEqual(['p', 'm', 'b', 'l']);
    expect(params).toMatchObject({
      products: [{ input: 0, mask: 1 }],
      background: { kind: 'image', input: 2, fit: 'cover' },
      logos: [{ input: 3, anchor: 'bottom-right' }],
    });
    expect(JSON.stringify(params)).not.toContain('wood.jpg');
  });

  test('a background whose picture is not chosen yet is the preset’s', () => {
    const design: Design = { ...newDesign, background: newBackground('image') };
    expect(thumbnailRequest(design, { assetId: 'p', name: 'p.jpg' }, 'shopee').params).not.toHaveProperty('background');
    expect(templateParams(design, 'shopee')).toMatchObject({ background: { kind: 'image', input: 1 } });
  });

  test('empty texts and the editor’s own keys are not sent', () => {
    const design: Design = { ...newDesign, texts: [newText('price', 'R$ 10'), newText('text', '  ')] };
    const { params } = thumbnailRequest(design, { assetId: 'p', name: 'p.jpg' }, 'shopee');
    expect(params['texts']).toHaveLength(1);
    expect(JSON.stringify(params)).not.toContain('"key"');
  });
});

describe('history', () => {
  test('undoing every step gives the start, doing them again the end', () => {
    const step = fc.record({ value: fc.integer(), subject: fc.constantFrom('a', 'b', undefined) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let history = startHistory({ value: 0 });
        for (const { value, subject } of steps) history = changed(history, { value }, subject);
        const end = history.present;
        const count = history.past.length;
        for (let at = 0; at < count; at++) history = undone(history);
        expect(history.present).toEqual({ value: 0 });
        for (let at = 0; at < count; at++) history = redone(history);
        expect(history.present).toBe(end);
      }),
    );
  });

  test('one drag is one step, the next one another', () => {
    let history = startHistory(0);
    for (const value of [1, 2, 3]) history = changed(history, value, 'scale');
    history = changed(history, 4, 'turn');
    history = undone(history);
    expect(history.present).toBe(3);
    history = changed(history, 9, 'turn');
    expect(undone(undone(history)).present).toBe(0);
  });
});

describe('fields', () => {
  test('are found once each, and filled', () => {
    const texts = [{ text: 'De {{ antigo }} por {{preço}}' }, { text: '{{preço}}!' }];
    expect(fieldsIn(texts)).toEqual(['antigo', 'preço']);
    expect(filled(texts, { antigo: 'R$ 20', preço: '$& 10' }).map(({ text }) => text)).toEqual([
      'De R$ 20 por $& 10',
      '$& 10!',
    ]);
    expect(filled(texts, {}).map(({ text }) => text)).toEqual(texts.map(({ text }) => text));
  });
});

describe('price table', () => {
  const products = [
    { assetId: '1', name: 'Caneca.jpg' },
    { assetId: '2', name: 'fone.webp' },
  ];

  test('what a Brazilian spreadsheet saves: semicolons, commas in prices, a byte order mark', () => {
    const text = '\uFEFFProduto;Preco\r\ncaneca;R$ 10,90\r\n"FONE.webp";"R$ 1.299,00"\r\n';
    expect(readPriceTable(text, ['preco'], products)).toEqual({
      rows: [
        { line: 2, product: products[0], values: { preco: 'R$ 10,90' } },
        { line: 3, product: products[1], values: { preco: 'R$ 1.299,00' } },
      ],
      problems: [],
    });
  });

  test('each wrong line is named, the others stay', () => {
    const text = 'product,price\nmug,10\nfone,\ncaneca,12\n';
    const { rows, problems } = readPriceTable(text, ['price'], products);
    expect(rows.map(({ line }) => line)).toEqual([4]);
    expect(problems).toEqual([
      { code: 'unknown-product', line: 2, name: 'mug' },
      { code: 'empty-field', line: 3, column: 'price' },
    ]);
  });

  test('columns that are missing, unused or not there at all', () => {
    expect(readPriceTable('product,stock\nfone,3\n', ['price'], products).problems).toEqual([
      { code: 'missing-column', column: 'price' },
      { code: 'unused-column', column: 'stock' },
    ]);
    expect(readPriceTable('a,b\n1,2\n', [], products).problems).toEqual([
      { code: 'no-product-column', columns: ['a', 'b'] },
    ]);
    expect(readPriceTable('product\n', [], products).problems).toEqual([{ code: 'no-rows' }]);
  });

  test('a quote that is never closed is a problem of its line, not an exception', () => {
    const { rows, problems } = readPriceTable('product,price\nfone,"10\n', ['price'], products);
    expect([rows, problems[0]?.code]).toEqual([[], 'unreadable']);
  });

  test('two photos of one name are not guessed between', () => {
    const twins = [
      { assetId: '1', name: 'a/fone.jpg' },
      { assetId: '2', name: 'fone.png' },
    ];
    expect(readPriceTable('product\nfone\n', [], twins).problems).toEqual([
      { code: 'twice-named', line: 2, name: 'fone' },
    ]);
  });
});

describe('placement', () => {
  /** A picture of 200 × 100 that is opaque all over. */
  const ghost: Ghost = {
    url: '',
    widthPx: 200,
    heightPx: 100,
    outline: outlineOf(new Uint8ClampedArray(20 * 10 * 4).fill(255), 20, 10, 10),
  };
  const canvas = { widthPx: 1_000, heightPx: 1_000 };

  test('fits into its margin, in the middle', () => {
    expect(placeGhost(ghost, newDesign.product, canvas, 10)).toEqual({
      centreX: 0.5,
      centreY: 0.5,
      width: 0.8,
      frame: { left: 0.1, top: 0.3, width: 0.8, height: 0.4 },
    });
  });

  test('turned by a quarter it stands upright, and moves by per cent of the canvas', () => {
    const look = { ...newDesign.product, rotateDegrees: 90, offsetXPercent: 10, anchor: 'left' as const };
    const { frame, width } = placeGhost(ghost, look, canvas, 10);
    expect(frame.left).toBeCloseTo(0.2);
    expect(frame.height).toBeCloseTo(0.8);
    expect(frame.width).toBeCloseTo(0.4);
    expect(width).toBeCloseTo(0.8);
  });
});

test('products are known by their photo; a painted mask is taken over', () => {
  const first = { assetId: '1', name: 'a.jpg' };
  expect(withProducts([first], [first])).toEqual([first]);
  expect(withProducts([first], [{ ...first, maskId: 'm' }])).toEqual([{ ...first, maskId: 'm' }]);
});

test('plain names have no folder and no ending', () => {
  expect(['pasta/Caneca azul.JPG', 'v1.2 fone.webp', 'x'].map(plainName)).toEqual(['Caneca azul', 'v1.2 fone', 'x']);
});

test('what fields show as default is what the server takes', () => {
  expect(textDefaults).toEqual(serverTexts);
  expect(shadowDefaults).toEqual(serverShadows);
});
