import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#kernel/errors.ts';
import type { MediaInfo, Need, NeededResult, Processor, ProcessorOutput } from '#processors/contract.ts';
import {
  completed,
  type HashedInput,
  inputOf,
  localKey,
  neededKey,
  neededProcessor,
  needsOf,
  type ResultNaming,
} from '#processors/result-key.ts';
import type { Sandbox } from './sandbox.ts';

/** Where results that jobs start from are kept between jobs, by key. */
export interface KeptResults {
  /** Two keepers of one scope see each other's results. */
  readonly scope: string;
  /**
   * @param dir for those that have to be fetched
   * @returns a file that stays until `release`, or nothing when it is not kept or not complete
   */
  find(key: string, dir: string): Promise<KeptResult | undefined>;
  keep(key: string, output: ProcessorOutput, path: string): Promise<void>;
}

export interface KeptResult extends NeededResult {
  release(): Promise<void>;
}

/** Somebody outside who makes a processor's results instead of this program. */
export interface Substitute {
  /** Shown with the result: `gradio`. */
  readonly name: string;
  /** Says who it is in the result's key: name and address. */
  readonly key: string;
  /** Whether this program's own result is taken when the substitute fails. */
  readonly fallback: boolean;
  /** What is made of the input before it leaves. */
  readonly prepare: Pick<Need, 'processor' | 'params'>;
  /** The processor that makes the result of what comes back. */
  readonly refine: string;
  /**
   * @param file prepared
   * @param dir where the file that comes back goes
   * @throws AppError when nothing usable comes back
   */
  make(file: { readonly path: string; readonly mediaType: string }, dir: string, signal: AbortSignal): Promise<Made>;
}

export type Made = MediaInfo & { readonly path: string; readonly data?: Readonly<Record<string, unknown>> };

/** What a result says of those who made what it starts from; nothing where this program made everything. */
export function provenanceOf(needed: readonly NeededResult[]): Readonly<Record<string, unknown>> {
  const outside = needed.filter(({ data }) => data?.['madeBy'] !== undefined);
  const said = outside.find(({ data }) => data?.['fallbackFrom'] !== undefined) ?? outside[0];
  const { madeBy, fallbackFrom, reason } = said?.data ?? {};
  return { ...(madeBy !== undefined && { madeBy }), ...(fallbackFrom !== undefined && { fallbackFrom, reason }) };
}

export type NeedOutcome = 'kept' | 'joined' | 'made' | 'fallback';

export interface NeedsDeps {
  readonly sandbox: Sandbox;
  readonly naming: ResultNaming;
  readonly substitutes: ReadonlyMap<string, Substitute>;
  /** For the metrics and the log. */
  readonly onMet: (processor: string, how: NeedOutcome, error?: unknown) => void;
}

/** One job's inputs and its folder. */
export interface NeedsOf {
  readonly processor: Processor;
  readonly params: unknown;
  readonly inputs: readonly (HashedInput & { readonly path: string })[];
  /** For what is needed; made when it is. */
  readonly dir: string;
  readonly signal: AbortSignal;
  readonly onProgress: (fraction: number) => void;
}

export interface Needs {
  /**
   * Finds or makes everything that a job starts from.
   *
   * Two jobs that need the same at once make it once: the second waits for the first, and makes it itself when the
   * first is cancelled.
   *
   * @returns in the order of `needs`; each is to be released
   * @throws AppError whatever the sandbox says of the processors that make it
   */
  meet(kept: KeptResults, job: NeedsOf): Promise<readonly KeptResult[]>;
}

export function createNeeds(deps: NeedsDeps): Needs {
  const { naming, substitutes, sandbox, onMet } = deps;
  const making = new Map<string, Promise<void>>();

  async function meet(kept: KeptResults, job: NeedsOf): Promise<readonly KeptResult[]> {
    const needs = needsOf(job.processor, job.params, job.inputs);
    const met: KeptResult[] = [];
    try {
      for (const [index, need] of needs.entries()) {
        const dir = join(job.dir, String(index));
        await mkdir(dir, { recursive: true });
        met.push(await meetOne(kept, job, need, dir));
        job.onProgress((index + 1) / needs.length);
      }
      return met;
    } catch (error) {
      await Promise.all(met.map((result) => result.release()));
      throw error;
    }
  }

  async function meetOne(kept: KeptResults, job: NeedsOf, need: Need, dir: string): Promise<KeptResult> {
    const substitute = substitutes.get(need.processor);
    const locally = () => {
      const key = localKey(naming.processors, need, job.inputs);
      return obtain(kept, job.signal, need, key, dir, () => makeLocally(job, need, dir));
    };
    if (substitute === undefined) return await locally();
    try {
      const key = neededKey(naming, need, job.inputs);
      return await obtain(kept, job.signal, need, key, dir, () => makeElsewhere(substitute, job, need, dir));
    } catch (error) {
      if (!substitute.fallback || job.signal.aborted) throw error;
      onMet(need.processor, 'fallback', error);
      const reason = error instanceof AppError ? error.code : 'INTERNAL';
      const result = await locally();
      return { ...result, data: { ...result.data, madeBy: 'local', fallbackFrom: substitute.name, reason } };
    }
  }

  async function obtain(
    kept: KeptResults,
    signal: AbortSignal,
    need: Need,
    key: string,
    dir: string,
    make: () => Promise<MadeOutput>,
  ): Promise<KeptResult> {
    const flight = `${kept.scope} ${key}`;
    let how: NeedOutcome = 'kept';
    while (how !== 'made') {
      const found = await kept.find(key, dir);
      if (found !== undefined) {
        onMet(need.processor, how);
        return found;
      }
      const other = making.get(flight);
      if (other === undefined) {
        how = 'made';
        const own = make().then(({ output, path }) => kept.keep(key, output, path));
        making.set(flight, own);
        await own.finally(() => making.delete(flight));
      } else {
        how = 'joined';
        await untilSettled(other, signal);
      }
    }
    onMet(need.processor, how);
    const found = await kept.find(key, dir);
    if (found !== undefined) return found;
    throw new AppError('OBJECT_CORRUPT', `What ${need.processor} made was gone as soon as it was kept. Try again.`);
  }

  async function makeLocally(job: NeedsOf, need: Need, dir: string): Promise<MadeOutput> {
    return await runIn(need, inputOf(need, job.inputs), join(dir, 'made'), job.signal);
  }

  async function makeElsewhere(substitute: Substitute, job: NeedsOf, need: Need, dir: string): Promise<MadeOutput> {
    const { name, prepare, refine } = substitute;
    const input = inputOf(need, job.inputs);
    const prepared = await runIn({ ...prepare, input: 0 }, input, join(dir, 'prepared'), job.signal);
    const file = { path: prepared.path, mediaType: prepared.output.mediaType };
    const made = await substitute.make(file, dir, job.signal);
    const refineNeed = { processor: refine, params: {}, input: 0 };
    const { output, path } = await runIn(refineNeed, made, join(dir, 'refined'), job.signal).catch((error: unknown) => {
      throw error instanceof AppError && error.code === 'MEDIA_INVALID' ? unusable(name, error) : error;
    });
    const data = { ...output.data, model: name, madeBy: name, ...made.data };
    return { output: { ...output, data }, path };
  }

  async function runIn(
    need: Need,
    input: MediaInfo & { readonly path: string },
    scratchDir: string,
    signal: AbortSignal,
  ): Promise<MadeOutput> {
    const processor = neededProcessor(naming.processors, need);
    const params = completed(processor, need);
    await mkdir(scratchDir, { recursive: true });
    const [output] = await sandbox.run({
      processor: processor.name,
      params,
      inputs: [input],
      needed: [],
      scratchDir,
      deadlineMs: processor.deadlineMs([input], params),
      memoryBytes: processor.estimate([input], params).memoryBytes,
      signal,
    });
    if (output === undefined) throw new AppError('WORKER_BAD_OUTPUT', `${processor.name} returned nothing.`);
    return { output, path: join(scratchDir, output.file) };
  }

  return { meet };
}

interface MadeOutput {
  readonly output: ProcessorOutput;
  readonly path: string;
}

/** It is not the user's picture that is damaged. */
function unusable(name: string, cause: AppError): AppError {
  return new AppError('PROVIDER_BAD_ANSWER', `${name} gave a cut-out that cannot be used. ${cause.detail}`, { cause });
}

/** How it ended is for the one who looks next: what another job could not make, this one tries for itself. */
async function untilSettled(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const left = Promise.withResolvers<void>();
  const leave = () => left.resolve();
  signal.addEventListener('abort', leave, { once: true });
  try {
    await Promise.race([work.catch(() => undefined), left.promise]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
  if (signal.aborted) throw new AppError('JOB_CANCELLED', 'The job was cancelled before it finished.');
}
