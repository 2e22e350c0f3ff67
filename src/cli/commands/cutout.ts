import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Config, currentEnvironment, loadConfig } from '#config.ts';
import { AppError } from '#kernel/errors.ts';
import { formatBytes } from '#kernel/units.ts';
import type { Processor, ProcessorOutput } from '#processors/contract.ts';
import { loadProcessors } from '#processors/registry.ts';
import { type Arguments, type Command, textOf, UsageError } from '../command.ts';
import { type FoundInputs, findInputs, type InputFile } from '../find-inputs.ts';
import { interruptible } from '../interrupt.ts';
import { createLocalRunner, placeFile } from '../local-runner.ts';
import { nameOutputs } from '../name-outputs.ts';
import { createProgress, duration, type Progress, perMinute } from '../progress.ts';
import { optionsOf, paramsFrom } from '../schema-options.ts';

const extensions: Readonly<Record<string, string>> = { png: '.png', webp: '.webp', avif: '.avif', jpeg: '.jpg' };
const toStdout = '-';

/** Background removal without a server; its options are the processor's parameters. */
export async function cutoutCommand(): Promise<Command> {
  const processor = (await loadProcessors()).get('image.cutout');
  if (processor === undefined) throw new Error('the processor image.cutout is not there');
  return {
    summary: 'Remove the background of pictures: a file, a folder, or standard input.',
    usage: 'cutout <file|folder|->… [-o out] [options]',
    options: [
      { name: 'out', short: 'o', value: 'PATH', help: 'Where results go: a file for one picture, a folder for more.' },
      ...optionsOf(processor),
      { name: 'data', value: 'DIR', help: 'Folder that keeps the models (default ESTEIRA_DATA_DIR or ./data).' },
      { name: 'json', help: 'Print one JSON object for each file, and nothing else, to standard output.' },
    ],
    notes: [
      'Results: beside a file as <name>.cutout.png, for a folder in <folder>-cutouts, for - on standard output.',
      'Inputs are never overwritten. Folders within a folder are not searched.',
    ],
    run: (args) => cutout(args, processor),
  };
}

interface Item {
  readonly file: InputFile;
  /** A path, or `-` for standard output. */
  readonly output: string;
}

interface Failure {
  readonly input: string;
  readonly error: AppError;
}

async function cutout(args: Arguments, processor: Processor): Promise<number> {
  const params = paramsFrom(args, processor);
  const config = loadConfig({ ...currentEnvironment(), ...dataFlag(args) });
  const names = args.positionals;
  if (names.length === 0) throw new UsageError('cutout needs a picture: a file, a folder, or - for standard input.');
  if (names.includes('-') && names.length > 1) throw new UsageError('- (standard input) stands alone.');
  const json = args.values['json'] === true;
  const input = names[0] === '-' ? await readStdin(config.maxUploadBytes) : undefined;
  try {
    const found = await findInputs(input === undefined ? names : [input.path], processor.accepts, config);
    const files = found.files.map((file) => (input === undefined ? file : { ...file, input: '-' }));
    const failed = found.failed.map((failure) => (input === undefined ? failure : { ...failure, input: '-' }));
    const extension = extensions[String(params['format'])] ?? '.png';
    const items = await planOutputs(files, names, textOf(args, 'out'), extension);
    if (json && items.some(({ output }) => output === toStdout)) {
      throw new UsageError('--json and the picture cannot both go to standard output: name a file with -o.');
    }
    return await runAll({ config, processor, params, items, found: { ...found, failed }, json });
  } finally {
    await input?.remove();
  }
}

interface Run {
  readonly config: Config;
  readonly processor: Processor;
  readonly params: Record<string, unknown>;
  readonly items: readonly Item[];
  readonly found: Pick<FoundInputs, 'failed' | 'skipped'>;
  readonly json: boolean;
}

async function runAll({ config, processor, params, items, found, json }: Run): Promise<number> {
  for (const { input, why } of found.skipped) process.stderr.write(`skipped ${input}: ${why}\n`);
  if (json) for (const failure of found.failed) process.stdout.write(failureJson(failure));
  const failures: Failure[] = [...found.failed];
  const interrupt = interruptible();
  const progress = createProgress(items.length);
  const beganMs = performance.now();
  const fractions = new Array<number>(items.length).fill(0);
  const update = (index: number, fraction: number): void => {
    fractions[index] = fraction;
    progress.update(fractions.reduce((sum, part) => sum + part, 0));
  };
  let done = 0;
  const runner =
    items.length === 0
      ? undefined
      : await createLocalRunner(config, processor, params, { jobs: items.length, signal: interrupt.signal });
  const work = async (item: Item, index: number): Promise<void> => {
    let startedMs = 0;
    try {
      await runner?.run({
        input: { ...item.file.media, path: item.file.path },
        onProgress: (fraction) => update(index, fraction),
        onStart: () => {
          startedMs = performance.now();
        },
        keep: async ([output], scratchDir) => {
          if (output === undefined) throw new AppError('WORKER_BAD_OUTPUT', 'The processor returned nothing.');
          await deliver(join(scratchDir, output.file), item.output);
          report(progress, item, output, performance.now() - startedMs, json);
          done++;
        },
      });
    } catch (cause) {
      if (interrupt.signal.aborted) return;
      const error = cause instanceof AppError ? cause : new AppError('INTERNAL', String(cause), { cause });
      failures.push({ input: item.file.input, error });
      if (json) progress.line(process.stdout, failureJson({ input: item.file.input, error }).trimEnd());
    } finally {
      update(index, 1);
    }
  };
  try {
    await inParallel(items, runner?.concurrency ?? 1, interrupt.signal, work);
  } finally {
    progress.end();
    await runner?.close();
    interrupt.release();
  }
  summarise({ done, failures, found, total: items.length, seconds: (performance.now() - beganMs) / 1000 });
  if (interrupt.signal.aborted) return interrupt.exitCode;
  return failures.length > 0 ? 1 : 0;
}

/** @throws UsageError when the result of one picture would be the picture itself */
async function planOutputs(
  files: readonly InputFile[],
  names: readonly string[],
  out: string | undefined,
  extension: string,
): Promise<Item[]> {
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
  const outputs = await nameOutputs(files, { suffix: 'cutout', extension, outDir: out });
  return files.map((file, index) => ({ file, output: outputs[index] ?? toStdout }));
}

async function isFolder(path: string): Promise<boolean> {
  if (/[/\\]$/.test(path)) return true;
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

async function deliver(from: string, output: string): Promise<void> {
  if (output !== toStdout) return placeFile(from, output);
  for await (const chunk of createReadStream(from)) {
    if (!process.stdout.write(chunk)) await once(process.stdout, 'drain');
  }
}

function report(progress: Progress, item: Item, output: ProcessorOutput, milliseconds: number, json: boolean): void {
  const { widthPx, heightPx, model, quality, confidence } = output.data ?? {};
  if (json) {
    const facts = { widthPx, heightPx, model, quality, confidence, milliseconds: Math.round(milliseconds) };
    progress.line(process.stdout, JSON.stringify({ input: item.file.input, output: item.output, ...facts }));
  } else if (item.output !== toStdout) progress.line(process.stdout, item.output);
}

function failureJson({ input, error }: Failure): string {
  return `${JSON.stringify({ input, error: { code: error.code, detail: error.detail } })}\n`;
}

interface Summary {
  readonly done: number;
  readonly failures: readonly Failure[];
  readonly found: Pick<FoundInputs, 'skipped'>;
  readonly total: number;
  readonly seconds: number;
}

/** Only what is worth a line: one picture that went well needs none. */
function summarise({ done, failures, found, total, seconds }: Summary): void {
  for (const { input, error } of failures) process.stderr.write(`failed ${input}: ${error.detail}\n`);
  const others = failures.length + found.skipped.length;
  if (total + others <= 1) return;
  const rate = done === 0 ? '' : ` in ${duration(seconds)} (${perMinute(done, seconds)} per minute)`;
  process.stderr.write(`${done} done, ${failures.length} failed, ${found.skipped.length} skipped${rate}\n`);
}

async function inParallel<T>(
  items: readonly T[],
  width: number,
  signal: AbortSignal,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const queue = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of queue) {
      if (signal.aborted) return;
      await work(item, index);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
}

async function readStdin(maxBytes: number): Promise<{ readonly path: string; remove(): Promise<void> }> {
  if (process.stdin.isTTY)
    throw new UsageError('- reads a picture from standard input: cutout - < photo.jpg > cut.png');
  const folder = await mkdtemp(join(tmpdir(), 'esteira-stdin-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const path = join(folder, 'stdin');
  let received = 0;
  try {
    await pipeline(
      process.stdin,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          received += chunk.length;
          if (received > maxBytes) throw tooLarge(maxBytes);
          yield chunk;
        }
      },
      createWriteStream(path),
    );
    return { path, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

function tooLarge(maxBytes: number): AppError {
  return new AppError(
    'UPLOAD_TOO_LARGE',
    `Standard input is larger than ${formatBytes(maxBytes)}. Give the file by name.`,
  );
}

function dataFlag(args: Arguments): Record<string, string> {
  const data = textOf(args, 'data');
  return data === undefined ? {} : { ESTEIRA_DATA_DIR: data };
}
