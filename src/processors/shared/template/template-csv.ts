import { CsvError, parse } from 'csv-parse/sync';
import { AppError } from '#kernel/errors.ts';
import { listed, type TemplateDocument } from './template.ts';

/** One product: its photograph, and what fills the template's gaps. */
export interface TemplateRow {
  /** In the file, where the product begins; the first is 1. */
  readonly line: number;
  /** Name of the photograph's file. */
  readonly product: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Names of the column that says which photograph a line is about. */
const productColumns = ['product', 'produto', 'file', 'arquivo'];
const maxRows = 10_000;
const maxRecordChars = 100_000;

interface Line {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

/**
 * Reads a table with a line for each product, as spreadsheets save them: UTF-8 or Windows-1252, with or without a mark at
 * its beginning, separated by commas, semicolons (as Excel does in Brazil) or tabs, with line breaks inside quotes. An
 * empty cell takes the field's default.
 *
 * @throws AppError TABLE_INVALID with line and column, or naming the columns that are wrong
 */
export function readTemplateCsv(
  file: Uint8Array,
  { fields }: Pick<TemplateDocument, 'fields'>,
): readonly TemplateRow[] {
  const text = textOf(file);
  const [header, ...lines] = linesOf(text.body, text.delimiter);
  if (header === undefined) throw invalidTable('The table is empty. Its first line names the columns.');
  const columns = header.record.map((name) => name.normalize('NFC').trim());
  checkColumns(columns, fields);
  const first = text.skippedLines;
  if (lines.length === 0)
    throw invalidTable('The table has no product: under the names of the columns there is no line.');
  return lines.map((line) => rowOf(line, columns, fields, first));
}

function checkColumns(columns: readonly string[], fields: TemplateDocument['fields']): void {
  const twice = columns.filter((name, index) => columns.indexOf(name) !== index);
  if (twice.length > 0) throw invalidTable(`The table has the column ${listed(twice)} more than once.`, 1);
  const product = columns.filter(isProduct);
  if (product.length !== 1) {
    throw invalidTable(
      `The table needs one column with the names of the photographs, called ${listed(productColumns)}; it has ${listed(columns)}.`,
      1,
    );
  }
  const unknown = columns.filter((name) => !isProduct(name) && !Object.hasOwn(fields, name));
  if (unknown.length > 0) {
    throw invalidTable(
      `The template has no field ${listed(unknown)}; its fields are ${listed(Object.keys(fields))}.`,
      1,
    );
  }
  const missing = Object.keys(fields).filter((name) => fields[name]?.default === undefined && !columns.includes(name));
  if (missing.length > 0) throw invalidTable(`The table lacks the column ${listed(missing)}, which has no default.`, 1);
}

function isProduct(column: string): boolean {
  return productColumns.includes(column.toLowerCase());
}

function rowOf(
  { record, info }: Line,
  columns: readonly string[],
  fields: TemplateDocument['fields'],
  skipped: number,
): TemplateRow {
  const breaks = record.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0);
  const line = info.lines - breaks + skipped;
  if (record.length !== columns.length) {
    const detail = `Line ${line} has ${record.length} columns, the first line has ${columns.length}. Put text that holds the separator into quotes.`;
    throw invalidTable(detail, line, Math.min(record.length, columns.length) + 1);
  }
  const cells = columns.map((name, index): [string, string] => [name, record[index] ?? '']);
  const product = cells.find(([name]) => isProduct(name))?.[1].trim() ?? '';
  if (product === '') {
    const column = columns.findIndex(isProduct) + 1;
    throw invalidTable(`Line ${line}, column ${column}: the name of the photograph is missing.`, line, column);
  }
  const said = cells.filter(
    ([name, cell]) => !isProduct(name) && !(cell === '' && fields[name]?.default !== undefined),
  );
  return { line, product, fields: Object.fromEntries(said) };
}

function linesOf(text: string, delimiter: string): readonly Line[] {
  try {
    const lines: unknown = parse(text, {
      delimiter,
      info: true,
      relax_column_count: true,
      skip_records_with_empty_values: true,
      max_record_size: maxRecordChars,
      to: maxRows + 2,
    });
    const found = lines as readonly Line[];
    if (found.length > maxRows + 1) throw invalidTable(`The table has more than ${maxRows} products. Split it.`);
    return found;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines, column } = error as { lines?: unknown; column?: unknown };
    const [line, index] = [Number(lines) || 1, (Number(column) || 0) + 1];
    throw invalidTable(`Line ${line}, column ${index}: ${reasonOf(error.code)}`, line, index, error);
  }
}

function reasonOf(code: string): string {
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a quote is opened and never closed.';
    case 'INVALID_OPENING_QUOTE':
    case 'CSV_INVALID_CLOSING_QUOTE':
      return 'a quote stands inside a text. Put the whole text into quotes and write each quote inside twice.';
    case 'CSV_MAX_RECORD_SIZE':
      return 'the line is too long. A quote may have been opened and never closed.';
    default:
      return 'the table cannot be read here.';
  }
}

interface Text {
  readonly body: string;
  readonly delimiter: string;
  readonly skippedLines: number;
}

/** Excel's own line `sep=;` decides where it is there, else the separator that the first line has most of. */
function textOf(file: Uint8Array): Text {
  const text = decoded(file);
  const [, separator] = /^sep=(.)\r?\n/.exec(text) ?? [];
  if (separator !== undefined)
    return { body: text.slice(text.indexOf('\n') + 1), delimiter: separator, skippedLines: 1 };
  const firstLine = text.split(/\r?\n/, 1)[0] ?? '';
  const counts = [';', ',', '\t'].map((delimiter) => ({ delimiter, count: firstLine.split(delimiter).length }));
  const [most] = counts.toSorted((a, b) => b.count - a.count);
  return { body: text, delimiter: most?.delimiter ?? ';', skippedLines: 0 };
}

function decoded(file: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(file);
  } catch {
    // What is not UTF-8 was saved by a spreadsheet on Windows; there every byte means something.
    return new TextDecoder('windows-1252').decode(file);
  }
}

function invalidTable(detail: string, line?: number, column?: number, cause?: unknown): AppError {
  return new AppError('TABLE_INVALID', detail, {
    cause,
    extensions: { ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) },
  });
}
