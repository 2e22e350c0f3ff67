import { parse } from 'csv-parse/browser/esm/sync';
import type { PriceRow, PriceTable, TableProblem } from './price-row.ts';
import { type Product, plainName } from './product-list.ts';

/** What the column with the photo's name may be called. */
const productColumns = ['product', 'produto', 'file', 'arquivo', 'photo', 'foto', 'image', 'imagem', 'name', 'nome'];
const maxRows = 1_000;

/**
 * Reads a table as spreadsheets save it: one line for each product, commas, semicolons or tabs, quoted or not.
 *
 * @param fields what the design asks for
 * @param products what a line may name, by file name with or without its ending
 */
export function readPriceTable(text: string, fields: readonly string[], products: readonly Product[]): PriceTable {
  let records: { record: Record<string, string>; line: number }[];
  let columns: readonly string[] = [];
  try {
    records = (
      parse(text, {
        bom: true,
        delimiter: delimiterOf(text),
        trim: true,
        skip_empty_lines: true,
        relax_column_count: true,
        info: true,
        columns: (heading: string[]) => {
          columns = heading.map((name) => name.trim().toLowerCase());
          return columns as string[];
        },
      }) as unknown as { record: Record<string, string>; info: { lines: number } }[]
    ).map(({ record, info }) => ({ record, line: info.lines }));
  } catch (error) {
    const line = error instanceof Error && 'lines' in error ? Number(error.lines) : 1;
    return { rows: [], problems: [{ code: 'unreadable', line, detail: (error as Error).message }] };
  }
  const column = productColumns.find((name) => columns.includes(name));
  if (column === undefined) return { rows: [], problems: [{ code: 'no-product-column', columns }] };
  if (records.length === 0) return { rows: [], problems: [{ code: 'no-rows' }] };

  const problems: TableProblem[] = [];
  const wanted = new Map(fields.map((field) => [field.toLowerCase(), field]));
  for (const [name, field] of wanted) {
    if (!columns.includes(name)) problems.push({ code: 'missing-column', column: field });
  }
  for (const name of columns) {
    if (name !== '' && name !== column && !wanted.has(name)) problems.push({ code: 'unused-column', column: name });
  }
  if (records.length > maxRows) problems.push({ code: 'too-many-rows', limit: maxRows });

  const rows: PriceRow[] = [];
  for (const { record, line } of records.slice(0, maxRows)) {
    const name = record[column] ?? '';
    const named = productsNamed(name, products);
    const [product] = named;
    if (product === undefined) problems.push({ code: 'unknown-product', line, name });
    else if (named.length > 1) problems.push({ code: 'twice-named', line, name });
    const empty = [...wanted].filter(([key]) => columns.includes(key) && !record[key]);
    for (const [, field] of empty) problems.push({ code: 'empty-field', line, column: field });
    if (product === undefined || named.length > 1 || empty.length > 0) continue;
    rows.push({ line, product, values: valuesOf(record, wanted) });
  }
  return { rows, problems };
}

function valuesOf(record: Readonly<Record<string, string>>, wanted: ReadonlyMap<string, string>) {
  return Object.fromEntries([...wanted].map(([key, field]) => [field, record[key] ?? '']));
}

function productsNamed(name: string, products: readonly Product[]): readonly Product[] {
  const same = (a: string, b: string): boolean => a.localeCompare(b, undefined, { sensitivity: 'accent' }) === 0;
  const exact = products.filter((product) => same(product.name, name));
  return exact.length > 0 ? exact : products.filter((product) => same(plainName(product.name), plainName(name)));
}

/** Prices have commas in many countries: the heading says what divides the columns. */
function delimiterOf(text: string): string {
  const [heading = ''] = text.split(/\r?\n/, 1);
  const counts = [';', '\t', ','].map((delimiter) => ({ delimiter, count: heading.split(delimiter).length }));
  return counts.reduce((best, each) => (each.count > best.count ? each : best)).delimiter;
}
