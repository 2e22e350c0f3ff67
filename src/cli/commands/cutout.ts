import { realpath, stat } from 'node:fs/promises';
import type { Processor, ProcessorOutput } from '#processors/contract.ts';
import type { ProcessorRegistry } from '#processors/registry.ts';
import { type Arguments, type Command, textOf, UsageError } from '../command.ts';
import { deliverFile, type FileItem, toStdout } from '../deliver-file.ts';
import { findInputs, type InputFile } from '../find-inputs.ts';
import { interruptible } from '../interrupt.ts';
import { nameOutputs } from '../name-outputs.ts';
import { runItems } from '../run-items.ts';
import { optionsOf, paramsFrom } from '../schema-options.ts';
import { configFrom, dataOption } from '../settings.ts';
import { readStdin } from '../stdin-file.ts';
import { jsonOption, loadForVerb } from '../verb-processor.ts';

const extensions: Readonly<Record<string, string>> = { png: '.png', webp: '.webp', avif: '.avif', jpeg: '.jpg' };

/** Background removal without a server; its options are the processor's parameters. */
export async function cutoutCommand(): Promise<Command> {
  const { processors, processor } = await loadForVerb('image.cutout');
  return {
    summary: 'Remove the background of pictures: a file, a folder, or standard input.',
    usage: 'cutout <file|folder|->… [-o out] [options]',
    options: [
      { name: 'out', short: 'o', value: 'PATH', help: 'Where results go: a file for one picture, a folder for more.' },
      ...optionsOf(processor),
      dataOption,
      jsonOption('file'),
    ],
    notes: [
      'Results: beside a file as <name>.cutout.png, for a folder in <folder>-cutouts, for - on standard output.',
      'Inputs are never overwritten. Folders within a folder are not searched.',
    ],
    run: (args) => interruptible((signal) => cutout(args, processors, processor, signal)),
  };
}

async function cutout(
  args: Arguments,
  processors: ProcessorRegistry,
  processor: Processor,
  signal: AbortSignal,
): Promise<number> {
  const params = paramsFrom(args, processor);
  const config = configFrom(args);
  const names = args.positionals;
  if (names.length === 0) throw new UsageError('cutout needs a picture: a file, a folder, or - for standard input.');
  if (names.includes('-') && names.length > 1) throw new UsageError('- (standard input) stands alone.');
  const json = args.values['json'] === true;
  await using stdin = names[0] === '-' ? await readStdin(config.maxUploadBytes, signal) : undefined;
  const found = await findInputs(stdin === undefined ? names : [stdin.path], processor.accepts, config);
  const files = found.files.map((file) => (stdin === undefined ? file : { ...file, input: '-' }));
  const failed = found.failed.map((failure) => (stdin === undefined ? failure : { ...failure, input: '-' }));
  const extension = extensions[String(params['format'])] ?? '.png';
  const plan = await planOutputs(files, names, textOf(args, 'out'), extension);
  if (json && plan.some(({ output }) => output === toStdout)) {
    throw new UsageError('--json and the picture cannot both go to standard output: name a file with -o.');
  }
  const items = plan.map(
    ({ file: { input, media, path }, output }): FileItem => ({
      input,
      inputs: [{ ...media, path }],
      params,
      nameOutput: () => output,
    }),
  );
  return await runItems({
    config,
    processors,
    processor,
    items,
    failed,
    skipped: found.skipped,
    json,
    deliver: deliverFile({ factsOf }),
    signal,
  });
}

function factsOf({ data = {} }: ProcessorOutput): Readonly<Record<string, unknown>> {
  const { widthPx, heightPx, model, quality, confidence } = data;
  return { widthPx, heightPx, model, quality, confidence };
}

interface Planned {
  readonly file: InputFile;
  /** A path, or `toStdout`. */
  readonly output: string;
}

/** @throws UsageError when the result of one picture would be the picture itself */
async function planOutputs(
  files: readonly InputFile[],
  names: readonly string[],
  out: string | undefined,
  extension: string,
): Promise<Planned[]> {
  const [file] = files;
  const single = names.length === 1 && file !== undefined && file.folder === undefined;
  if (out === toStdout && !single) throw new UsageError('-o - (standard output) is for one picture.');
  if (single && (out === toStdout || (file.input === '-' && out === undefined))) return [{ file, output: toStdout }];
  if (single && out !== undefined && !(await isFolder(out))) {
    if ((await realpath(out).catch(() => undefined)) === file.path) {
      throw new UsageError(`-o ${out} is the picture itself; inputs are never overwritten.`);
    }
    return [{ file, output: out }];
  }
  const named = files.map((each) => (each.input === '-' ? { ...each, input: 'stdin' } : each));
  const outputs = await nameOutputs(named, { suffix: 'cutout', extension, outDir: out });
  return files.map((file, index) => ({ file, output: outputs[index] ?? toStdout }));
}

async function isFolder(path: string): Promise<boolean> {
  if (/[/\\]$/.test(path)) return true;
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
