import type { Config } from '#config.ts';
import { AppError } from '#kernel/errors.ts';
import type { MediaInfo, Processor, ProcessorOutput } from '#processors/contract.ts';
import type { ProcessorRegistry } from '#processors/registry.ts';
import type { FoundInputs } from './find-inputs.ts';
import { createLocalRunner, type LocalRunner } from './local-runner.ts';
import { createProgress, duration, type Progress, perMinute } from './progress.ts';

/** One job to be done. */
export interface Item {
  /** What it is made of, as the user would write it. */
  readonly input: string;
  readonly inputs: readonly (MediaInfo & { readonly path: string })[];
  readonly params: Record<string, unknown>;
}

/** What came of an item, in a folder that is removed afterwards. */
export interface Made {
  readonly outputs: readonly [ProcessorOutput, ...ProcessorOutput[]];
  readonly scratchDir: string;
  readonly milliseconds: number;
}

export interface Delivered {
  /** What `--json` says of it, after the input's name. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** What people are told on standard output; undefined where the result itself went there. */
  readonly text: string | undefined;
}

export interface Run<I extends Item = Item> extends Pick<FoundInputs, 'failed' | 'skipped'> {
  readonly config: Config;
  readonly processors: ProcessorRegistry;
  readonly processor: Processor;
  readonly items: readonly I[];
  readonly json: boolean;
  /** What `--json` calls the input. Default `input`. */
  readonly inputName?: string;
  /** Brings what was made to its place. */
  readonly deliver: (item: I, made: Made) => Promise<Delivered>;
  readonly signal: AbortSignal;
}

/**
 * Does one job for each item, goes on after those that fail, and says at the end which did.
 *
 * @returns the exit code
 */
export async function runItems<I extends Item>(run: Run<I>): Promise<number> {
  const { items, failed, skipped, json, inputName = 'input' } = run;
  const say: Say = { progress: createProgress(items.length), json, inputName, failures: [...failed], done: 0 };
  for (const { input, why } of skipped) process.stderr.write(`skipped ${input}: ${why}\n`);
  if (json) for (const failure of failed) process.stdout.write(`${failureJson(failure, inputName)}\n`);
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
  readonly inputName: string;
  readonly failures: Failure[];
  done: number;
}

type Failure = FoundInputs['failed'][number];

async function work<I extends Item>(run: Run<I>, say: Say): Promise<void> {
  const { config, processors, items, signal } = run;
  await using runner = await createLocalRunner(config, processors, { jobs: items.length, signal });
  const fractions = new Array<number>(items.length).fill(0);
  const update = (index: number, fraction: number): void => {
    fractions[index] = fraction;
    say.progress.update(fractions.reduce((sum, part) => sum + part, 0));
  };
  await inParallel(items, runner.concurrency, signal, async (item, index) => {
    try {
      const { facts, text } = await runOne(runner, run, item, (fraction) => update(index, fraction));
      if (say.json) say.progress.line(process.stdout, JSON.stringify({ [say.inputName]: item.input, ...facts }));
      else if (text !== undefined) say.progress.line(process.stdout, text);
      say.done++;
    } catch (cause) {
      if (signal.aborted) return;
      const error = cause instanceof AppError ? cause : new AppError('INTERNAL', String(cause), { cause });
      const failure = { input: item.input, error };
      say.failures.push(failure);
      if (say.json) say.progress.line(process.stdout, failureJson(failure, say.inputName));
    } finally {
      update(index, 1);
    }
  });
}

async function runOne<I extends Item>(
  runner: LocalRunner,
  { processor, deliver }: Pick<Run<I>, 'processor' | 'deliver'>,
  item: I,
  onProgress: (fraction: number) => void,
): Promise<Delivered> {
  let startedMs = 0;
  const onStart = (): void => {
    startedMs = performance.now();
  };
  return runner.run({
    processor,
    params: item.params,
    inputs: item.inputs,
    onProgress,
    onStart,
    keep: async ([first, ...others], scratchDir) => {
      if (first === undefined) throw new AppError('WORKER_BAD_OUTPUT', 'The processor returned nothing.');
      const milliseconds = Math.round(performance.now() - startedMs);
      return deliver(item, { outputs: [first, ...others], scratchDir, milliseconds });
    },
  });
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

function failureJson({ input, error }: Failure, inputName: string): string {
  return JSON.stringify({ [inputName]: input, error: { code: error.code, detail: error.detail } });
}

/** Only what is worth a line: one file that went well needs none. */
function summarise({ done, failures }: Say, total: number, skipped: number, seconds: number): void {
  if (total + failures.length + skipped <= 1) return;
  const rate = done === 0 ? '' : ` in ${duration(seconds)} (${perMinute(done, seconds)} per minute)`;
  process.stderr.write(`${done} done, ${failures.length} failed, ${skipped} skipped${rate}\n`);
}
