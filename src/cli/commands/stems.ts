import { basename, dirname, extname, join } from 'node:path';
import type { Processor } from '#processors/contract.ts';
import type { ProcessorRegistry } from '#processors/registry.ts';
import { type Arguments, type Command, textOf, UsageError } from '../command.ts';
import { findInputs } from '../find-inputs.ts';
import { interruptible } from '../interrupt.ts';
import { placeFile } from '../local-runner.ts';
import { type Delivered, type Item, type Made, runItems } from '../run-items.ts';
import { optionsOf, paramsFrom } from '../schema-options.ts';
import { configFrom, dataOption } from '../settings.ts';
import { jsonOption, loadForVerb } from '../verb-processor.ts';

/** Takes a recording apart, without a server; its options are the processor's parameters. */
export async function stemsCommand(): Promise<Command> {
  const { processors, processor } = await loadForVerb('audio.stems', ['audio.decode']);
  return {
    summary: 'Take recordings apart into stems, which sum to the mix: vocals, drums, bass, other.',
    usage: 'stems <file> [-o DIR] [--model M] [options]',
    options: [
      { name: 'out', short: 'o', value: 'DIR', help: 'Folder for the stems (default <name>-stems beside the file).' },
      ...optionsOf(processor),
      dataOption,
      jsonOption('file'),
    ],
    notes: [
      'Without a model of your own (esteira models add) this is signal processing: it lowers, it does not remove.',
    ],
    run: (args) => interruptible((signal) => stems(args, processors, processor, signal)),
  };
}

async function stems(
  args: Arguments,
  processors: ProcessorRegistry,
  processor: Processor,
  signal: AbortSignal,
): Promise<number> {
  if (args.positionals.length === 0) throw new UsageError('stems needs a recording: stems mix.wav.');
  const params = paramsFrom(args, processor);
  const config = configFrom(args);
  const { files, failed, skipped } = await findInputs(args.positionals, processor.accepts, config);
  const out = textOf(args, 'out');
  if (out !== undefined && files.length > 1) throw new UsageError('-o is for one recording at a time.');
  const items = files.map(({ input, media, path }): Item => ({ input, inputs: [{ ...media, path }], params }));
  return await runItems({
    config,
    processors,
    processor,
    items,
    failed,
    skipped,
    json: args.values['json'] === true,
    inputName: 'file',
    deliver: (item, made) => deliver(item, made, out ?? folderBeside(item.input)),
    signal,
  });
}

async function deliver(_item: Item, { outputs, scratchDir, milliseconds }: Made, folder: string): Promise<Delivered> {
  const placed: { stem: unknown; output: string }[] = [];
  for (const { file, data } of outputs) {
    const output = join(folder, file);
    await placeFile(join(scratchDir, file), output);
    placed.push({ stem: data?.['stem'], output });
  }
  return {
    facts: { stems: placed, model: outputs[0].data?.['model'], milliseconds },
    text: placed.map(({ output }) => output).join('\n'),
  };
}

function folderBeside(input: string): string {
  return join(dirname(input), `${basename(input, extname(input))}-stems`);
}
