import { basename, resolve } from 'node:path';
import type { Config } from '#config.ts';
import type { Processor, ProcessorOutput } from '#processors/contract.ts';
import type { ProcessorRegistry } from '#processors/registry.ts';
import type { ResultNaming } from '#processors/result-key.ts';
import { type Arguments, type Command, textOf, UsageError } from '../command.ts';
import { deliverFile } from '../deliver-file.ts';
import { type FoundInputs, findInputs } from '../find-inputs.ts';
import { interruptible } from '../interrupt.ts';
import { openWorkshop } from '../local-runner.ts';
import { runItems } from '../run-items.ts';
import { configFrom, dataOption } from '../settings.ts';
import { type Ledger, openLedger } from '../thumbnails/ledger.ts';
import { planWork } from '../thumbnails/plan-work.ts';
import { type Recipe, readRecipe, recipeOptions } from '../thumbnails/recipe.ts';
import { type ThumbnailItem, thumbnailItems } from '../thumbnails/thumbnail-items.ts';
import { watchFolders } from '../thumbnails/watch-folders.ts';
import { jsonOption, loadForVerb } from '../verb-processor.ts';

const watching = { pollMs: 1_000, quietMs: 2_000 };

/** From a folder of products to a folder of finished thumbnails, without a server. */
export async function thumbnailsCommand(): Promise<Command> {
  const { processors, processor } = await loadForVerb('image.thumbnail');
  return {
    summary: 'Make thumbnails of products: a folder of photos, on colours or on a folder of backgrounds.',
    usage: 'thumbnails --products DIR [--backgrounds DIR] --out DIR [options]',
    options: [
      { name: 'products', value: 'DIR', help: 'Folder of photos, one product in each.' },
      { name: 'backgrounds', value: 'DIR', help: 'Folder of pictures to put behind: every product on every one.' },
      { name: 'pair', help: 'Put each product only on the background that has its name.' },
      { name: 'out', short: 'o', value: 'DIR', help: 'Folder for the finished thumbnails.' },
      ...recipeOptions(processor),
      { name: 'watch', help: 'Stay, and make what is new whenever a file is complete. Ctrl-C ends it.' },
      { name: 'force', help: 'Make everything again, also what is there already.' },
      dataOption,
      jsonOption('thumbnail'),
    ],
    notes: [
      'Results are called <product>--<background>--<preset>. What is there already, made of the same files in the same',
      'way, is not made again. One photo that cannot be used does not stop the others; the exit code is 1 then.',
    ],
    run: (args) => interruptible((signal) => thumbnails(args, processors, processor, signal)),
  };
}

interface Setting {
  readonly config: Config;
  readonly processors: ProcessorRegistry;
  readonly processor: Processor;
  readonly naming: ResultNaming;
  readonly recipe: Recipe;
  readonly ledger: Ledger;
  readonly folders: { readonly products: string; readonly backgrounds: string | undefined; readonly out: string };
  readonly switches: { readonly pair: boolean; readonly force: boolean; readonly json: boolean };
  /** Work and files that failed already: they are not tried again until they change. */
  readonly known: Set<string>;
  readonly signal: AbortSignal;
}

async function thumbnails(
  args: Arguments,
  processors: ProcessorRegistry,
  processor: Processor,
  signal: AbortSignal,
): Promise<number> {
  const [products, backgrounds, out] = ['products', 'backgrounds', 'out'].map((name) => textOf(args, name));
  if (args.positionals.length > 0)
    throw new UsageError('Name the folders: --products DIR --backgrounds DIR --out DIR.');
  if (products === undefined) throw new UsageError('thumbnails needs --products DIR: a folder of photos.');
  if (out === undefined) throw new UsageError('thumbnails needs --out DIR: where the results go.');
  if ([products, backgrounds].some((folder) => folder !== undefined && resolve(folder) === resolve(out))) {
    throw new UsageError('--out must be another folder: results beside the photos would become photos.');
  }
  const [pair, force, json, watch] = ['pair', 'force', 'json', 'watch'].map((name) => args.values[name] === true);
  if (pair && backgrounds === undefined) throw new UsageError('--pair needs --backgrounds DIR.');
  const config = configFrom(args);
  const setting: Setting = {
    config,
    processors,
    processor,
    naming: (await openWorkshop(config, processors)).naming,
    recipe: await readRecipe(args, processor, config),
    ledger: await openLedger(out),
    folders: { products, backgrounds, out },
    switches: { pair: pair === true, force: force === true, json: json === true },
    known: new Set(),
    signal,
  };
  if (!watch) return await makeAll(setting);
  const folders = [products, ...(backgrounds === undefined ? [] : [backgrounds])];
  process.stderr.write(`watching ${folders.join(' and ')}; Ctrl-C ends\n`);
  let exitCode = 0;
  for await (const complete of watchFolders(folders, { ...watching, signal })) {
    exitCode = Math.max(exitCode, await makeAll(setting, complete));
  }
  return exitCode;
}

/** @param complete while watching: the files that are not being written any more */
async function makeAll(setting: Setting, complete?: ReadonlySet<string>): Promise<number> {
  const { config, processors, processor, naming, recipe, ledger, folders, switches, known, signal } = setting;
  const find = (folder: string) => findInputs([folder], processor.accepts, config, complete);
  const products = await find(folders.products);
  const backgrounds = folders.backgrounds === undefined ? nothing : await find(folders.backgrounds);
  const { works, unpaired } = planWork({
    products: products.files,
    backgrounds: backgrounds.files,
    presets: recipe.presets,
    pair: switches.pair,
  });
  const planned = await thumbnailItems(
    folders.backgrounds !== undefined && backgrounds.files.length === 0 ? [] : works,
    {
      naming,
      processor,
      ledger,
      outDir: folders.out,
      paramsOf: recipe.paramsOf,
      logos: recipe.logos,
      force: switches.force,
    },
  );
  const news = <T>(list: readonly T[], nameOf: (each: T) => string): T[] =>
    list.filter((each) => complete === undefined || !known.has(nameOf(each)));
  const failed = news(
    [...products.failed, ...backgrounds.failed, ...planned.failed],
    ({ input, error }) => `${input} ${error.detail}`,
  );
  const skipped = news(
    [
      ...products.skipped,
      ...backgrounds.skipped,
      ...recipe.unused(products.files).map(({ line, product }) => ({
        input: product,
        why: `line ${line} of the table names a photo that is not in ${folders.products}`,
      })),
      ...unpaired.map(({ input }) => ({ input, why: 'there is no background of its name' })),
    ],
    ({ input, why }) => `${input} ${why}`,
  );
  const items = news(planned.items, ({ key }) => key);
  for (const { input, error } of failed) known.add(`${input} ${error.detail}`);
  for (const { input, why } of skipped) known.add(`${input} ${why}`);
  // Forgotten again below where it goes well.
  for (const { key } of items) known.add(key);

  const lack = whatLacks(products, folders.backgrounds === undefined ? undefined : backgrounds, folders);
  if (lack !== undefined && complete === undefined) process.stderr.write(`${lack}: nothing can be made\n`);
  else sayWhatIsThere(planned.done.length, items.length, complete !== undefined);
  const unfit: Unfit[] = [];
  const exitCode = await runItems<ThumbnailItem>({
    config,
    processors,
    processor,
    items,
    failed,
    skipped,
    json: switches.json,
    deliver: deliverFile({
      factsOf,
      async onDone({ work, key }, output, path) {
        known.delete(key);
        await ledger.add(work.item, key, basename(path));
        const texts = failedChecks(output);
        if (texts.length > 0) unfit.push({ path, preset: work.preset ?? '', texts });
      },
    }),
    signal,
  });
  sayWhatIsUnfit(unfit);
  return lack === undefined || complete !== undefined ? exitCode : 1;
}

/** @param backgrounds undefined when none were asked for */
function whatLacks(
  products: FoundInputs,
  backgrounds: FoundInputs | undefined,
  folders: Setting['folders'],
): string | undefined {
  if (products.files.length === 0) return `no usable photo in ${folders.products}`;
  return backgrounds?.files.length === 0 ? `no usable background in ${folders.backgrounds}` : undefined;
}

const nothing: FoundInputs = { files: [], failed: [], skipped: [] };

interface Unfit {
  readonly path: string;
  readonly preset: string;
  readonly texts: readonly string[];
}

/** More are counted, not listed: a folder of coloured backgrounds fits no rule that asks for white. */
const maxUnfitListed = 10;

interface Compliance {
  readonly checks: readonly { readonly passed: boolean; readonly text: { readonly en: string } }[];
}

function failedChecks({ data = {} }: ProcessorOutput): string[] {
  const compliance = data['compliance'] as Compliance | undefined;
  return compliance?.checks.flatMap(({ passed, text }) => (passed ? [] : [text.en])) ?? [];
}

function factsOf({ data = {} }: ProcessorOutput, { work }: ThumbnailItem): Readonly<Record<string, unknown>> {
  const { widthPx, heightPx, sizeBytes, confidence, compliance } = data;
  const names = {
    product: work.product.input,
    background: work.background?.input ?? null,
    preset: work.preset ?? null,
  };
  return { ...names, widthPx, heightPx, sizeBytes, confidence, compliance };
}

function sayWhatIsThere(done: number, todo: number, watching: boolean): void {
  if (todo > 0 && done > 0) process.stderr.write(`${done} are there already, ${todo} to make\n`);
  if (todo === 0 && done > 0 && !watching) {
    process.stderr.write(`nothing to do: all ${done} thumbnails are there already\n`);
  }
}

function sayWhatIsUnfit(unfit: readonly Unfit[]): void {
  if (unfit.length === 0) return;
  process.stderr.write(`${unfit.length} were made and do not fit the rules of their preset:\n`);
  for (const { path, preset, texts } of unfit.slice(0, maxUnfitListed)) {
    process.stderr.write(`  ${path} (${preset}): ${texts.join(' ')}\n`);
  }
  const more = unfit.length - maxUnfitListed;
  if (more > 0) process.stderr.write(`  and ${more} more; --json tells of each\n`);
}
