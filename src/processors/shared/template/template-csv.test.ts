import assert from 'node:assert/strict';
import { it } from 'node:test';
import { AppError } from '#kernel/errors.ts';
import { readTemplateCsv } from './template-csv.ts';

const template = { fields: { preço: {}, título: { default: 'Novo' } } };
const read = (text: string) => readTemplateCsv(Buffer.from(text), template);

const expected = [
  { line: 2, product: 'tênis.jpg', fields: { preço: 'R$ 1.299,90', título: 'Leve; "macio"\ne bonito' } },
  { line: 4, product: 'caneca.jpg', fields: { preço: 'R$ 10' } },
];

const table = 'produto;preço;título\r\ntênis.jpg;R$ 1.299,90;"Leve; ""macio""\ne bonito"\r\ncaneca.jpg;R$ 10;\r\n';

it('reads what Brazilian Excel writes: semicolons, a mark at the beginning, quotes over two lines, empty cells', () => {
  assert.deepEqual(read(`\ufeff${table}`), expected);
  assert.deepEqual(read(`${table}\r\n;;\r\n\r\n`), expected, 'empty lines at the end');
});

it('reads the same table saved on Windows without Unicode', () => {
  assert.deepEqual(readTemplateCsv(Buffer.from(table, 'latin1'), template), expected);
});

it('reads commas, tabs, and what the line sep= names', () => {
  for (const separator of [',', '\t']) {
    const [row] = read(`file${separator}preço\na.jpg${separator}5\n`);
    assert.deepEqual(row, { line: 2, product: 'a.jpg', fields: { preço: '5' } });
  }
  assert.deepEqual(read('sep=|\nproduct|preço\na.jpg|5\n'), [{ line: 3, product: 'a.jpg', fields: { preço: '5' } }]);
});

it('knows a column whose accents are written in two characters', () => {
  const decomposed = 'preço'.normalize('NFD');
  assert.deepEqual(read(`produto;${decomposed}\na.jpg;5\n`)[0]?.fields, { preço: '5' });
});

const refused: [string, string, RegExp, { line?: number; column?: number }][] = [
  ['nothing', '', /is empty/, {}],
  ['no product', 'produto;preço\n', /has no product/, {}],
  [
    'a column that the template does not have',
    'produto;preço;cor\na;1;2\n',
    /no field "cor"; its fields are "preço", "título"/,
    { line: 1 },
  ],
  ['a column that is missing', 'produto;título\na;1\n', /lacks the column "preço"/, { line: 1 }],
  ['no column for the photograph', 'preço\n1\n', /needs one column .* called "product", "produto"/, { line: 1 }],
  ['two columns for the photograph', 'product;file;preço\na;b;1\n', /needs one column/, { line: 1 }],
  ['a column twice', 'produto;preço;preço\na;1;2\n', /"preço" more than once/, { line: 1 }],
  [
    'a line that is too long',
    'produto;preço\na.jpg;1\nb.jpg;2;3\n',
    /Line 3 has 3 columns, the first line has 2/,
    { line: 3, column: 3 },
  ],
  ['a line after quoted line breaks', 'produto;preço\n"a\nb";1\nc\n', /Line 4 has 1 columns/, { line: 4, column: 2 }],
  [
    'a line without its photograph',
    'preço;produto\n1;\n',
    /Line 2, column 2: the name of the photograph/,
    { line: 2, column: 2 },
  ],
  ['a quote that is not closed', 'produto;preço\na;"1\nb;2\n', /a quote is opened and never closed/, { column: 2 }],
  ['a quote inside', 'produto;preço\na;5" tela\n', /Line 2, column 2: a quote stands inside/, { line: 2, column: 2 }],
];

for (const [what, text, detail, place] of refused) {
  it(`refuses ${what}, and says where`, () => {
    assert.throws(
      () => read(text),
      (error) => {
        assert.ok(error instanceof AppError && error.code === 'TABLE_INVALID', String(error));
        assert.match(error.detail, detail);
        for (const [name, value] of Object.entries(place)) assert.equal(error.extensions[name], value, error.detail);
        return true;
      },
    );
  });
}

it('bounds how much it reads', () => {
  assert.throws(() => read(`produto;preço\n${'a;1\n'.repeat(10_001)}`), /more than 10000 products/);
  assert.throws(() => read(`produto;preço\n"${'a'.repeat(200_000)}`), /the line is too long/);
});
