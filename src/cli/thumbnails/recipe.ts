import { readFile, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { Config } from '#config.ts';
import { AppError } from '#kernel/errors.ts';
import { closest } from '#kernel/spelling.ts';
import { mebibyte } from '#kernel/units.ts';
import type { Processor } from '#processors/contract.ts';
import { checkTemplate, fillTemplate, type TemplateDocument } from '#processors/shared/template/template.ts';
import { readTemplateCsv, type TemplateRow } from '#processors/shared/template/template-csv.ts';
import { type Arguments, type Option, textOf, UsageError } from '../command.ts';
import { findInputs, type InputFile } from '../find-inputs.ts';

/** How thumbnails are to look, as the options say. */
export interface Recipe {
  readonly presets: readonly string[];
  /** Of one product, before background and preset. @throws AppError when the table has no line for it */
  readonly paramsOf: (product: InputFile) => Readonly<Record<string, unknown>>;
  readonly logos: readonly InputFile[];
  /** Lines of the table whose photo is not among these. */
  readonly unused: (products: readonly InputFile[]) => readonly TemplateRow[];
}

export function recipeOptions(processor: Processor): Option[] {
  return [
    {
      name: 'preset',
      value: 'NAME',
      help: `Size, margin, background and rules of a channel; may be given several times: ${presetsOf(processor).join(', ')}.`,
    },
    {
      name: 'template',
      value: 'FILE',
      help: 'A saved look (JSON); its fields are filled from --csv, or have defaults.',
    },
    {
      name: 'csv',
      value: 'FILE',
      help: 'Table with a line for each product: a column product, and one for each field.',
    },
    { name: 'logo', value: 'FILE', help: 'Picture put into the lower right corner of each.' },
    { name: 'shadow', value: 'none|drop|contact|reflection', help: 'Shadow under the product.' },
    { name: 'format', value: 'jpeg|png|webp|avif', help: 'File format, where the preset does not say it.' },
    { name: 'quality', value: 'auto|best|balanced|fast', help: 'How closely the background is looked at.' },
  ];
}

/** @throws UsageError naming the option that is wrong */
export async function readRecipe(args: Arguments, processor: Processor, config: Config): Promise<Recipe> {
  const presets = [...new Set(args.texts['preset'] ?? [])];
  for (const preset of presets) checkPreset(preset, presetsOf(processor));
  const [shadow, format, quality] = ['shadow', 'format', 'quality'].map((name) => textOf(args, name));
  const product = { ...(shadow && { shadow: { kind: shadow } }), ...(quality && { quality }) };
  const own = { products: [product], ...(format && { output: { format } }) };
  const logos = await readLogos(args, processor, config);
  const template = await readTemplate(textOf(args, 'template'));
  const table = await readTable(textOf(args, 'csv'), template);
  if (template === undefined) return { presets, paramsOf: () => own, logos, unused: () => [] };
  const filled = table === undefined ? fillTemplate(template, {}) : undefined;
  const paramsOf = (file: InputFile) => onTop(filled ?? fillTemplate(template, lineFor(file, table ?? []).fields), own);
  const unused = (products: readonly InputFile[]) =>
    (table ?? []).filter((line) => !products.some((file) => isAbout(line, file)));
  return { presets, paramsOf, logos, unused };
}

const maxFileBytes = 8 * mebibyte;

async function readTemplate(path: string | undefined): Promise<TemplateDocument | undefined> {
  if (path === undefined) return undefined;
  const text = (await readSmall('template', path)).toString('utf8');
  try {
    return checkTemplate(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) throw new UsageError(`--template ${path} is not JSON: ${error.message}`);
    throw error;
  }
}

async function readTable(
  path: string | undefined,
  template: TemplateDocument | undefined,
): Promise<readonly TemplateRow[] | undefined> {
  if (path === undefined) return undefined;
  if (template === undefined) throw new UsageError('--csv fills a template: name it with --template FILE.');
  return readTemplateCsv(await readSmall('csv', path), template);
}

async function readSmall(option: string, path: string): Promise<Buffer> {
  const stats = await stat(path).catch(() => undefined);
  if (!stats?.isFile()) throw new UsageError(`--${option} ${path}: there is no such file.`);
  if (stats.size > maxFileBytes) throw new UsageError(`--${option} ${path} is larger than 8 MiB.`);
  return await readFile(path);
}

/** By the file's name, with its extension or without. */
function lineFor(file: InputFile, table: readonly TemplateRow[]): TemplateRow {
  const [line, second] = table.filter((each) => isAbout(each, file));
  if (line === undefined) {
    throw new AppError(
      'TABLE_INVALID',
      `The table has no line for ${basename(file.input)}. Add one, or take the photo away.`,
    );
  }
  if (second === undefined) return line;
  const detail = `The table has two lines for ${basename(file.input)}: ${line.line} and ${second.line}. Leave one.`;
  throw new AppError('TABLE_INVALID', detail);
}

function isAbout({ product }: TemplateRow, { input }: InputFile): boolean {
  return [basename(input), basename(input, extname(input))].some((name) => fold(name) === fold(product));
}

function fold(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

/** What the command line says is said on top of the template. */
function onTop(params: Record<string, unknown>, own: { products: object[]; output?: object }): Record<string, unknown> {
  const products = (params['products'] as object[] | undefined) ?? [{}];
  const output = { ...(params['output'] as object | undefined), ...own.output };
  return { ...params, products: products.map((each) => ({ ...each, ...own.products[0] })), output };
}

/** All that the schema knows but `none`. */
function presetsOf({ params }: Processor): readonly string[] {
  const { properties } = params as { properties?: { preset?: { enum?: readonly string[] } } };
  return (properties?.preset?.enum ?? []).filter((name) => name !== 'none');
}

function checkPreset(preset: string, known: readonly string[]): void {
  if (known.includes(preset)) return;
  const near = closest(preset, known);
  throw new UsageError(
    `--preset ${preset} is not known.${near ? ` Did you mean ${near}?` : ''} There are ${known.join(', ')}.`,
  );
}

async function readLogos(args: Arguments, { accepts }: Processor, config: Config): Promise<readonly InputFile[]> {
  const name = textOf(args, 'logo');
  if (name === undefined) return [];
  const isFile = await stat(name).then(
    (stats) => stats.isFile(),
    () => false,
  );
  if (!isFile) throw new UsageError(`--logo ${name}: there is no such file.`);
  const { files, failed } = await findInputs([name], accepts, config);
  for (const { error } of failed) throw new UsageError(`--logo ${name}: ${error.detail}`);
  return files;
}
