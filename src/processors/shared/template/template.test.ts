import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AppError, type ErrorCode } from '#kernel/errors.ts';
import { checkTemplate, fillTemplate, type TemplateDocument } from './template.ts';

const document: TemplateDocument = {
  schema: 'esteira-template/1',
  name: 'Oferta',
  processor: 'image.thumbnail',
  params: {
    preset: 'instagram-square',
    texts: [
      { kind: 'price', text: 'R$ {{price}}' },
      { kind: 'text', text: '{{ title }} · {{price}}', colour: '{{cor-da-loja}}' },
    ],
    products: [{ scalePercent: 80, mirror: true }],
  },
  fields: { price: { title: 'Preço' }, title: { default: 'Novo' }, 'cor-da-loja': { default: '#ff0000' } },
};

function refused(run: () => unknown, code: ErrorCode, detail: RegExp): void {
  assert.throws(run, (error) => {
    assert.ok(error instanceof AppError && error.code === code, String(error));
    assert.match(error.detail, detail);
    return true;
  });
}

describe('filling', () => {
  it('puts values and defaults wherever a string names them, and leaves the rest alone', () => {
    assert.deepEqual(fillTemplate(document, { price: '10,00' }), {
      preset: 'instagram-square',
      texts: [
        { kind: 'price', text: 'R$ 10,00' },
        { kind: 'text', text: 'Novo · 10,00', colour: '#ff0000' },
      ],
      products: [{ scalePercent: 80, mirror: true }],
    });
    assert.deepEqual(document.params['texts'], [
      { kind: 'price', text: 'R$ {{price}}' },
      { kind: 'text', text: '{{ title }} · {{price}}', colour: '{{cor-da-loja}}' },
    ]);
  });

  it('never reads a value: any text comes out as it went in', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'grapheme', maxLength: 50 }),
          fc.constantFrom('{{title}}', '$&', '$1', '<b>', '{"a":1}'),
        ),
        (price) => {
          const { texts } = fillTemplate(document, { price }) as { texts: { text: string }[] };
          assert.equal(texts[0]?.text, `R$ ${price}`);
        },
      ),
    );
  });

  it('keeps names of objects’ own machinery out of values', () => {
    const sly = JSON.parse('{"price":"1","__proto__":"x"}') as Record<string, string>;
    refused(() => fillTemplate(document, sly), 'TEMPLATE_VALUES', /has no "__proto__"/);
    refused(() => fillTemplate(document, { price: '1', constructor: 'x' }), 'TEMPLATE_VALUES', /has no "constructor"/);
  });

  it('names fields that it does not know, and those that it misses', () => {
    refused(
      () => fillTemplate(document, { price: '1', preco: '2' }),
      'TEMPLATE_VALUES',
      /no "preco"; its fields are "price", "title", "cor-da-loja"/,
    );
    refused(() => fillTemplate(document, { title: 'x' }), 'TEMPLATE_VALUES', /needs "price"/);
    refused(
      () => fillTemplate(document, { price: 'x'.repeat(2_001) }),
      'TEMPLATE_VALUES',
      /at most 2000 characters; "price"/,
    );
  });
});

describe('a document', () => {
  it('must list the fields that it uses', () => {
    const { price: _, ...fields } = document.fields;
    refused(
      () => checkTemplate({ ...document, fields }),
      'TEMPLATE_INVALID',
      /uses "price", which it does not list .*"title"/,
    );
    refused(
      () => checkTemplate({ ...document, params: { text: '{{toString}}' } }),
      'TEMPLATE_INVALID',
      /uses "toString", which/,
    );
  });

  it('is told by the place what is wrong with it', () => {
    refused(
      () => checkTemplate({ ...document, schema: 'esteira-template/2' }),
      'TEMPLATE_INVALID',
      /"schema" is wrong/,
    );
    refused(() => checkTemplate({ ...document, more: 1 }), 'TEMPLATE_INVALID', /wrong/);
    refused(() => checkTemplate({ ...document, fields: { 'two words': {} } }), 'TEMPLATE_INVALID', /two words|wrong/);
    refused(() => checkTemplate([]), 'TEMPLATE_INVALID', /the document is wrong/);
  });

  it('may have names in the seller’s language', () => {
    const inPortuguese = { ...document, params: { a: '{{preço}}' }, fields: { preço: {} } };
    assert.deepEqual(fillTemplate(checkTemplate(inPortuguese), { preço: 'R$ 1' }), { a: 'R$ 1' });
  });
});
