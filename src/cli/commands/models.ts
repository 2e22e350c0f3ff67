import { join } from 'node:path';
import { formatBytes } from '#kernel/units.ts';
import { addModel } from '#models/add-model.ts';
import { type ModelRow, modelRows, removeModel } from '#models/installed-models.ts';
import { knownModels } from '#models/known-models.ts';
import { loadProcessors } from '#processors/registry.ts';
import { isSeparation } from '#processors/shared/models/parse-descriptor.ts';
import { type Arguments, type Command, textOf, UsageError } from '../command.ts';
import { interruptible } from '../interrupt.ts';
import { newModelFrom, newModelOptions } from '../new-model.ts';
import { createBytesProgress } from '../progress-bytes.ts';
import { configFrom, dataOption } from '../settings.ts';
import { jsonOption } from '../verb-processor.ts';

export const modelsCommand: Command = {
  summary: 'List, add, verify and remove models that find subjects or tell stems apart.',
  usage: 'models list | verify | add <name|file|url> | remove <name>  [options]',
  options: [
    ...newModelOptions,
    { name: 'timeout', value: 'SECONDS', help: 'How long a download may be silent (default 60).' },
    dataOption,
    jsonOption('file'),
  ],
  notes: [
    `Known by name, with all that must be said of them: ${knownModels.map(({ name }) => name).join(', ')}.`,
    'verify: exit code 1 when a file is damaged. What comes with Esteira is made when it is first needed.',
    'A model is added to this machine: on a fleet, to each. docs/models.md says what a model must be like.',
  ],
  run: (args) => interruptible((signal) => models(args, signal)),
};

async function models(args: Arguments, signal: AbortSignal): Promise<number> {
  const [action, subject, stray] = args.positionals;
  const modelsDir = join(configFrom(args).dataDir, 'models');
  if (stray !== undefined) throw new UsageError(`models ${action} takes one argument; ${stray} is one too many.`);
  if (action === 'add' || action === 'remove') {
    if (subject === undefined) throw new UsageError(`models ${action} needs the name of a model.`);
    return await (action === 'add' ? add : remove)(modelsDir, subject, args, signal);
  }
  if ((action !== 'list' && action !== 'verify') || subject !== undefined) {
    throw new UsageError('models is followed by list, verify, add <name|file|url> or remove <name>.');
  }
  return await show(modelsDir, action, args);
}

async function show(modelsDir: string, action: 'list' | 'verify', args: Arguments): Promise<number> {
  const rows = await modelRows(modelsDir, (await loadProcessors()).list());
  for (const row of rows) print(args, row, inWords(row));
  const added = new Set(rows.map(({ model }) => model));
  const others = knownModels.filter(({ name }) => !added.has(name));
  if (!args.values['json'] && action === 'list' && others.length > 0) {
    process.stdout.write(`\nesteira models add: ${others.map(({ name }) => name).join(', ')}\n`);
  }
  const damaged = rows.filter(isDamaged);
  if (action === 'list' || damaged.length === 0) return 0;
  for (const { builtIn, file, model } of damaged) {
    const remedy = builtIn
      ? 'Remove the file; it is made again when it is needed'
      : 'Add the model again, or remove it';
    process.stderr.write(`esteira: damaged: ${file || model}. ${remedy}.\n`);
  }
  return 1;
}

/** A model that was added must be there; one that comes with Esteira may still have to be made. */
function isDamaged({ state, builtIn }: ModelRow): boolean {
  return state === 'damaged' || (!builtIn && state !== 'verified');
}

async function add(modelsDir: string, subject: string, args: Arguments, signal: AbortSignal): Promise<number> {
  const model = newModelFrom(args, subject);
  const silenceMs = secondsOf(args) * 1_000;
  const progress = createBytesProgress();
  const onWait = (): void => void process.stderr.write('Another process is adding a model; waiting for it…\n');
  try {
    const { descriptor, how } = await addModel(modelsDir, model, {
      signal,
      silenceMs,
      pauseMs: 500,
      onWait,
      onProgress: (done, total) => progress.update(done, total),
    });
    progress.end();
    const { name, sha256, sizeBytes } = descriptor;
    const takes = isSeparation(descriptor) ? descriptor.stems.join(', ') : `${descriptor.inputSizePx} px`;
    const what = `${name}: ${formatBytes(sizeBytes)}, ${takes}, sha256 ${sha256}`;
    print(args, { how, ...descriptor }, `${how} ${what}\n`);
    return 0;
  } finally {
    progress.end();
  }
}

async function remove(modelsDir: string, name: string, args: Arguments, signal: AbortSignal): Promise<number> {
  const onWait = (): void => void process.stderr.write('Another process is adding a model; waiting for it…\n');
  await removeModel(modelsDir, name, signal, onWait);
  print(args, { how: 'removed', name }, `removed ${name}\n`);
  return 0;
}

function secondsOf(args: Arguments): number {
  const text = textOf(args, 'timeout') ?? '60';
  const seconds = Number(text);
  if (seconds > 0 && seconds <= 86_400) return seconds;
  throw new UsageError(`--timeout ${text} will not do: it is a number of seconds from above 0 to 86400.`);
}

function print(args: Arguments, json: object, words: string): void {
  process.stdout.write(args.values['json'] ? `${JSON.stringify(json)}\n` : words);
}

function inWords({ model, file, state, sizeBytes, sha256, licence }: ModelRow): string {
  return `${model}  ${file}  ${state}  ${formatBytes(sizeBytes)}  ${licence}\n  sha256 ${sha256}\n`;
}
