import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '#config.ts';
import { AppError } from '#kernel/errors.ts';
import type { Processor, ProcessorOutput } from '#processors/contract.ts';
import type { ProcessorRegistry } from '#processors/registry.ts';
import type { FoundInputs, InputFile } from './find-inputs.ts';
import { createLocalRunner, type LocalRunner, placeFile } from './local-runner.ts';
import { createProgress, duration, type Progress, perMinute } from './progress.ts';

/** As an output: standard output. */
export const toStdout = '-';

export interface Item {
  readonly file: InputFile;
  /** A path, or `toStdout`. */
  readonly output: string;
}

export interface Run extends Pick<FoundInputs, 'failed' | 'skipped'> {
  readonly config: Config;
  readonly processors: ProcessorRegistry;
  readonly processor: Processor;
  readonly params: Record<string, unknown>;
  readonly items: readonly Item[];
  readonly json: boolean;
  /** What `--json` says of a result besides its name and its time. */
  readonly factsOf: (output: ProcessorOutput) => Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
}

/**
 * Makes one output of each file, goes on after those that fail, and says at the end which did.
 *
 * @returns the exit code
 */
export async function runItems(run: Run): Promise<number> {
  const { items, failed, skipped, json } = run;
  const say: Say = { progress: createProgress(items.length), json, failures: [...failed], done: 0 };
  for (const { input, why } of skipped) process.stderr.write(`skipped ${input}: ${why}\n`);
  if (json) for (const failure of failed) process.stdout.write(`${failureJson(failure)}\n`);
  const beganMs = performance.now();
  try {
    if (items.length > 0) await work(run, say);
  } finally {
    say.progress.end();
  }
  for (const { input, error } of say.failures) process.stderr.write(`failed ${input}: ${error.detail}\n`);
  summarise(say, items.length, skipped.length, (performance.now() - beganMs) / 1000);
  return say.failures.length > 0 ? 1 : 0;
}

/** What has been said and is to be said about this run. */
interface Say {
  readonly progress: Progress;
  readonly json: boolean;
  readonly failures: Failure[];
  done: number;
}

type Failure = FoundInputs['failed'][number];

async function work(run: Run, say: Say): Promise<void> {
  const { config, processors, items, factsOf, signal } = run;
  await using runner = await createLocalRunner(config, processors, { jobs: items.length, signal });
  const fractions = new Array<number>(items.length).fill(0);
  const update = (index: number, fraction: number): void => {
    fractions[index] = fraction;
    say.progress.update(fractions.reduce((sum, part) => sum + part, 0));
  };
  await inParallel(items, runner.concurrency, signal, async (item, index) => {
    try {
      const { output, milliseconds } = await runOne(runner, run, item, (fraction) => update(index, fraction));
      const facts = { input: item.file.input, output: item.output, ...factsOf(output), milliseconds };
      if (say.json) say.progress.line(process.stdout, JSON.stringify(facts));
      else if (item.output !== toStdout) say.progress.line(process.stdout, item.output);
      say.done++;
    } catch (cause) {
      if (signal.aborted) return;
      const error = cause instanceof AppError ? cause : new AppError('INTERNAL', String(cause), { cause });
      const failure = { input: item.file.input, error };
      say.failures.push(failure);
      if (say.json) say.progress.line(process.stdout, failureJson(failure));
    } finally {
      update(index, 1);
    }
  });
}

async function runOne(
  runner: LocalRunner,
  { processor, params }: Run,
  { file, output: to }: Item,
  onProgress: (fraction: number) => void,
) {
  let startedMs = 0;
  const onStart = (): void => {
    startedMs = performance.now();
  };
  return runner.run({
    processor,
    params,
    inputs: [{ ...file.media, path: file.path }],
    onProgress,
    onStart,
    keep: async ([output], scratchDir) => {
      if (output === undefined) throw new AppError('WORKER_BAD_OUTPUT', 'The processor returned nothing.');
      const milliseconds = Math.round(performance.now() - startedMs);
      await deliver(join(scratchDir, output.file), to);
      return { output, milliseconds };
    },
  });
}

async function deliver(from: string, output: string): Promise<void> {
  if (output !== toStdout) return placeFile(from, output);
  for await (const chunk of createReadStream(from)) {
    if (!process.stdout.write(chunk)) await once(process.stdout, 'drain');
  }
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

function failureJson({ input, error }: Failure): string {
  return JSON.stringify({ input, error: { code: error.code, detail: error.detail } });
}

/** Only what is worth a line: one file that went well needs none. */
function summarise({ done, failures }: Say, total: number, skipped: number, seconds: number): void {
  if (total + failures.length + skipped <= 1) return;
  const rate = done === 0 ? '' : ` in ${duration(seconds)} (${perMinute(done, seconds)} per minute)`;
  process.stderr.write(`${done} done, ${failures.length} failed, ${skipped} skipped${rate}\n`);
}
