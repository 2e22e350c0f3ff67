import { readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
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

const reportFormats: Readonly<Record<string, string>> = { '.html': 'html', '.htm': 'html', '.pdf': 'pdf' };

/** Is the mix ready? Without a server; its options are the processor's parameters, and files instead of inputs. */
export async function analyzeCommand(): Promise<Command> {
  const { processors, processor } = await loadForVerb('audio.analysis', ['audio.decode']);
  return {
    summary: 'Is the mix ready? Measure recordings against a target, and say what to do.',
    usage: 'analyze <file…> [--target spotify|…] [--reference FILE] [--report out.html|out.pdf] [options]',
    options: [
      ...optionsOf(processor).filter(({ name }) => name !== 'report'),
      { name: 'reference', value: 'FILE', help: 'A recording that this one should sound like.' },
      { name: 'report', short: 'o', value: 'PATH', help: 'Write a report to read and to send: .html or .pdf.' },
      dataOption,
      jsonOption('file'),
    ],
    notes: ['Numbers are those of ITU-R BS.1770-5, EBU Tech 3341 and 3342. A folder stands for the recordings in it.'],
    run: (args) => interruptible((signal) => analyze(args, processors, processor, signal)),
  };
}

async function analyze(
  args: Arguments,
  processors: ProcessorRegistry,
  processor: Processor,
  signal: AbortSignal,
): Promise<number> {
  const [reference, report] = ['reference', 'report'].map((name) => textOf(args, name));
  const format = report === undefined ? 'none' : reportFormats[extname(report).toLowerCase()];
  if (format === undefined) throw new UsageError(`--report ${report} will not do: its name ends in .html or .pdf.`);
  if (args.positionals.length === 0) throw new UsageError('analyze needs a recording: analyze mix.wav.');
  // Asking costs some milliseconds, and JSON is in both languages.
  const isSpoken = format !== 'none' || args.values['json'] !== true;
  const spoken = textOf(args, 'language') ?? (isSpoken ? spokenHere() : 'en');
  const values = { ...args.values, report: format, language: spoken };
  const params = paramsFrom({ ...args, values }, processor);
  const config = configFrom(args);
  const { files, failed, skipped } = await findInputs(args.positionals, processor.accepts, config);
  if (report !== undefined && files.length > 1) throw new UsageError('--report is for one recording at a time.');
  const references = reference === undefined ? noReference : await findInputs([reference], processor.accepts, config);
  // Without what it is held against, nothing is measured.
  const usable = references.failed.length === 0 ? files : [];
  const items = usable.map(
    ({ input, media, path }): Item => ({
      input,
      inputs: [{ ...media, path }, ...references.files.map((file) => ({ ...file.media, path: file.path }))],
      params: { ...params, title: params['title'] || basename(input, extname(input)) },
    }),
  );
  const language = params['language'] === 'pt-BR' ? 'pt-BR' : 'en';
  return await runItems({
    config,
    processors,
    processor,
    items,
    failed: [...failed, ...references.failed],
    skipped,
    json: args.values['json'] === true,
    inputName: 'file',
    deliver: (item, made) => deliver(item, made, { report, language }),
    signal,
  });
}

const noReference = { files: [], failed: [] } as const;

/** What is read of the processor's JSON; the rest is passed on as it is. */
interface Analysis {
  readonly summary: Readonly<Record<'pt-BR' | 'en', string>>;
}

async function deliver(
  { input }: Item,
  { outputs, scratchDir }: Made,
  { report, language }: { readonly report: string | undefined; readonly language: 'pt-BR' | 'en' },
): Promise<Delivered> {
  const [first] = outputs;
  const analysis = JSON.parse(await readFile(join(scratchDir, first.file), 'utf8')) as Analysis;
  const page = outputs[2];
  if (report !== undefined && page !== undefined) await placeFile(join(scratchDir, page.file), report);
  const where = report === undefined ? '' : `\n${report}`;
  return {
    facts: { ...analysis, ...(report !== undefined && { report }) },
    text: `${input}\n${analysis.summary[language]}${where}\n`,
  };
}

/** As the terminal is set up: for who did not say. */
function spokenHere(): string {
  return Intl.DateTimeFormat().resolvedOptions().locale.startsWith('pt') ? 'pt-BR' : 'en';
}
