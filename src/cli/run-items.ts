import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '#config.ts';
import { AppError } from '#kernel/errors.ts';
import type { MediaInfo, Processor, ProcessorOutput } from '#processors/contract.ts';
import type { ProcessorRegistry } from '#processors/registry.ts';
import type { FoundInputs } from './find-inputs.ts';
import { hashFile } from './hash-file.ts';
import { createLocalRunner, type LocalRunner, placeFile } from './local-runner.ts';
import { createProgress, duration, type Progress, perMinute } from './progress.ts';

/** As an output: standard output. */
export const toStdout = '-';

/** One output to be made. */
export interface Item {
  /** What it is made of, as the user would write it. */
  readonly input: string;
  readonly inputs: readonly (MediaInfo & { readonly path: string })[];
  readonly params: Record<string, unknown>;
  /** @returns where it goes: a path, or `toStdout` */
  readonly nameOutput: (output: ProcessorOutput) => string;
}

export interface Run<I extends Item = Item> extends Pick<FoundInputs, 'failed' | 'skipped'> {
  readonly config: Config;
  readonly processors: ProcessorRegistry;
  readonly processor: Processor;
  readonly items: readonly I[];
  readonly json: boolean;
  /** What `--json` says of a result besides its name and its time. */
  readonly factsOf: (output: ProcessorOutput, item: I) => Readonly<Record<string, unknown>>;
  /** Called when an output is in its place. */
  readonly onDone?: (item: I, output: ProcessorOutput, path: string) => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * Makes one output of each file, goes on after those that fail, and says at the end which did.
 *
 * @returns the exit code
 */
export async function runItems<I extends Item>(run: Run<I>): Promise<number> {
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

async function work<I extends Item>(run: Run<I>, say: Say): Promise<void> {
  const { config, processors, items, factsOf, signal } = run;
  await using runner = await createLocalRunner(config, processors, { jobs: items.length, signal });
  const fractions = new Array<number>(items.length).fill(0);
  const update = (index: number, fraction: number): void => {
    fractions[index] = fraction;
    say.progress.update(fractions.reduce((sum, part) => sum + part, 0));
  };
  await inParallel(items, runner.concurrency, signal, async (item, index) => {
    try {
      const { output, path, milliseconds } = await runOne(runner, run, item, (fraction) => update(index, fraction));
      await run.onDone?.(item, output, path);
      const facts = { input: item.input, output: path, ...factsOf(output, item), milliseconds };
      if (say.json) say.progress.line(process.stdout, JSON.stringify(facts));
      else if (path !== toStdout) say.progress.line(process.stdout, path);
      say.done++;
    } catch (cause) {
      if (signal.aborted) return;
      const error = cause instanceof AppError ? cause : new AppError('INTERNAL', String(cause), { cause });
      const failure = { input: item.input, error };
      say.failures.push(failure);
      if (say.json) say.progress.line(process.stdout, failureJson(failure));
    } finally {
      update(index, 1);
    }
  });
}

async function runOne(
  runner: LocalRunner,
  { processor }: Pick<Run, 'processor'>,
  { inputs, params, nameOutput }: Item,
  onProgress: (fraction: number) => void,
) {
  let startedMs = 0;
  const onStart = (): void => {
    startedMs = performance.now();
  };
  return runner.run({
    processor,
    params,
    inputs: await Promise.all(inputs.map(async (input) => ({ ...input, sha256: await hashFile(input.path) }))),
    onProgress,
    onStart,
    keep: async ([output], scratchDir) => {
      if (output === undefined) throw new AppError('WORKER_BAD_OUTPUT', 'The processor returned nothing.');
      const milliseconds = Math.round(performance.now() - startedMs);
      const path = nameOutput(output);
      await deliver(join(scratchDir, output.file), path);
      return { output, path, milliseconds };
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
