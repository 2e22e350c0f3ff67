import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InputFile } from '../find-inputs.ts';
import { planWork } from './plan-work.ts';

const file = (input: string): InputFile => ({
  input,
  path: `/${input}`,
  media: { mediaType: 'image/jpeg', sizeBytes: 1 },
});
const products = ['produtos/caneca.jpg', 'produtos/bolsa.heic'].map(file);
const backgrounds = ['fundos/madeira.jpg', 'fundos/caneca.png', 'fundos/pedra.webp'].map(file);
const names = (choice: Partial<Parameters<typeof planWork>[0]>) =>
  planWork({ products, backgrounds: [], presets: [], pair: false, ...choice }).works.map(({ name }) => name);

test('every product on every background in every format', () => {
  const made = names({ backgrounds, presets: ['amazon', 'shopee'] });
  assert.equal(made.length, 2 * 3 * 2);
  assert.equal(new Set(made).size, made.length);
  assert.ok(made.includes('caneca--madeira--amazon') && made.includes('bolsa--pedra--shopee'));
});

test('without backgrounds, and without presets', () => {
  assert.deepEqual(names({}), ['caneca', 'bolsa']);
  assert.deepEqual(names({ presets: ['amazon'] }), ['caneca--amazon', 'bolsa--amazon']);
  assert.deepEqual(names({ backgrounds: backgrounds.slice(0, 1) }), ['caneca--madeira', 'bolsa--madeira']);
});

test('in pairs by name, however it is written; who has none is told', () => {
  const planned = planWork({
    products: [file('a/Caneca.JPG'), file('a/bolsa.jpg')],
    backgrounds,
    presets: [],
    pair: true,
  });
  assert.deepEqual(
    planned.works.map(({ name, background }) => [name, background?.input]),
    [['Caneca', 'fundos/caneca.png']],
  );
  assert.deepEqual(
    planned.unpaired.map(({ input }) => input),
    ['a/bolsa.jpg'],
  );
});

test('no two results have one name, on a disk that does not tell A from a either', () => {
  const twins = ['p/café.jpg', 'p/cafe\u0301.png', 'p/CAFÉ.webp', 'p/other.jpg'].map(file);
  const made = names({ products: twins, backgrounds: [file('f/x.jpg'), file('f/x.png')] });
  assert.equal(new Set(made.map((name) => name.normalize('NFC').toLowerCase())).size, 8);
  assert.ok(made.includes('other--x-jpg'));
});
