import { stat } from 'node:fs/promises';
import type { Config } from '#config.ts';
import { closest } from '#kernel/spelling.ts';
import type { Processor } from '#processors/contract.ts';
import { type Arguments, type Option, textOf, UsageError } from '../command.ts';
import { findInputs, type InputFile } from '../find-inputs.ts';

/** How thumbnails are to look, as the options say. */
export interface Recipe {
  readonly presets: readonly string[];
  /** Of one product, before background and preset. */
  readonly paramsOf: (product: InputFile) => Readonly<Record<string, unknown>>;
  readonly logos: readonly InputFile[];
}

export function recipeOptions(processor: Processor): Option[] {
  return [
    {
      name: 'preset',
      value: 'NAME',
      help: `Size, margin, background and rules of a channel; may be given several times: ${presetsOf(processor).join(', ')}.`,
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
  const params = { products: [product], ...(format && { output: { format } }) };
  return { presets, paramsOf: () => params, logos: await readLogos(args, processor, config) };
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
