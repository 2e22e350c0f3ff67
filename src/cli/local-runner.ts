import { copyFile, mkdir, mkdtemp, realpath, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Config } from '#config.ts';
import { AppError } from '#kernel/errors.ts';
import { makeFolder } from '#kernel/folders.ts';
import type { MediaInfo, Processor, ProcessorOutput } from '#processors/contract.ts';
import { type ProcessorRegistry, runtimeModuleUrl, withModels } from '#processors/registry.ts';
import { needsOf, type ResultNaming } from '#processors/result-key.ts';
import { modelsIn } from '#processors/shared/models/model-folder.ts';
import { sandboxLimits } from '#sandbox/limits.ts';
import { createNeeds, type NeedsDeps, provenanceOf, type Substitute } from '#sandbox/needs.ts';
import { createSandbox } from '#sandbox/process-sandbox.ts';
import { programsOf } from '#sandbox/programs.ts';
import { hashFile } from './hash-file.ts';
import { keptResults } from './kept-results.ts';

export interface LocalJob<Kept> {
  /** One of the registry's; it need not know the models that were added. */
  readonly processor: Processor;
  readonly params: Record<string, unknown>;
  readonly inputs: readonly (MediaInfo & { readonly path: string })[];
  readonly onProgress: (fraction: number) => void;
  /** Called when its turn has come. */
  readonly onStart: () => void;
  /** Called with the outputs and the folder they are in, which is removed afterwards. */
  readonly keep: (outputs: readonly ProcessorOutput[], scratchDir: string) => Promise<Kept>;
}

/** Disposing it ends the children and removes everything temporary. */
export interface LocalRunner extends AsyncDisposable {
  /** How many jobs are worth starting at once: one more than run, so that no child waits for the next. */
  readonly concurrency: number;
  /**
   * @returns what `keep` made of the outputs
   * @throws AppError whatever the sandbox or the processor says
   */
  run<Kept>(job: LocalJob<Kept>): Promise<Kept>;
}

/** The processors with the models of the data folder, who makes what, and so how results are called. */
export async function openWorkshop(config: Config, plain: ProcessorRegistry): Promise<Workshop> {
  const processors = withModels(plain, modelsIn(join(config.dataDir, 'models')));
  const substitutes = await openSubstitutes(config);
  const madeElsewhere = new Map([...substitutes].map(([name, { key }]) => [name, key]));
  return { naming: { processors, madeElsewhere }, substitutes };
}

interface Workshop {
  readonly naming: ResultNaming;
  readonly substitutes: ReadonlyMap<string, Substitute>;
}

/**
 * Runs processors on files of this machine, without server, queue or database. Masks stay in the data folder, so that
 * the next background under the same product needs no second look.
 */
export async function createLocalRunner(
  config: Config,
  plain: ProcessorRegistry,
  { jobs, signal }: { readonly jobs: number; readonly signal: AbortSignal },
): Promise<LocalRunner> {
  const modelsDir = join(config.dataDir, 'models');
  const { naming, substitutes } = await openWorkshop(config, plain);
  const { processors } = naming;
  await makeFolder(modelsDir).catch(unusable);
  const kept = await keptResults(join(config.dataDir, 'masks')).catch(unusable);
  const scratchRoot = await realpath(await mkdtemp(join(tmpdir(), 'esteira-')));
  // All cores for one picture; one child per two cores for many.
  const processes = Math.max(1, Math.min(config.workerProcesses, jobs));
  const threads = Math.max(1, Math.floor((config.workerProcesses * config.workerThreads) / processes));
  const sandbox = createSandbox({
    processors: Object.fromEntries(processors.list().map(({ name }) => [name, runtimeModuleUrl(name)])),
    light: new Set(processors.list().flatMap(({ name, light }) => (light ? [name] : []))),
    programs: programsOf(processors.list(), config.programs),
    modelsDir: await realpath(modelsDir),
    scratchRoot,
    executionProviders: config.executionProviders,
    deadlineFactor: config.deadlineFactor,
    ...sandboxLimits({ processes, threads, memoryBytes: config.workerMemoryBytes }),
    log: (level, message, fields) => {
      if (level === 'error') process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);
    },
  });
  const needs = createNeeds({ sandbox, naming, substitutes, onMet: sayFallback });
  let next = 0;
  return {
    concurrency: processes * (threads + 1) + 1,
    async run({ processor: { name }, params, inputs, onProgress, onStart, keep }) {
      const processor = processors.get(name);
      if (processor === undefined) throw new Error(`no processor ${name}`);
      const dir = join(scratchRoot, String(next++));
      const [neededDir, scratchDir] = [join(dir, 'needed'), join(dir, 'outputs')];
      await mkdir(neededDir, { recursive: true });
      await mkdir(scratchDir);
      try {
        onStart();
        // Without needs nothing is looked up, and nothing has to be hashed for it.
        const share = needsOf(processor, params, inputs).length > 0 ? neededShare : 0;
        const hashed = share > 0 ? await Promise.all(inputs.map(withHash)) : [];
        const job = { processor, params, inputs: hashed, dir: neededDir, signal };
        const met =
          share > 0 ? await needs.meet(kept, { ...job, onProgress: (fraction) => onProgress(fraction * share) }) : [];
        const outputs = await sandbox.run({
          processor: processor.name,
          params,
          inputs,
          needed: met.map(({ release, ...result }) => result),
          scratchDir,
          deadlineMs: processor.deadlineMs(inputs, params),
          memoryBytes: processor.estimate(inputs, params).memoryBytes,
          signal,
          onProgress: (fraction) => onProgress(share + fraction * (1 - share)),
        });
        const provenance = provenanceOf(met);
        return await keep(
          outputs.map((output) => ({ ...output, data: { ...output.data, ...provenance } })),
          scratchDir,
        );
      } finally {
        await rm(dir, { recursive: true, force: true });
      }
    },
    async [Symbol.asyncDispose]() {
      await sandbox.close();
      await rm(scratchRoot, { recursive: true, force: true });
    },
  };
}

/** The server's half is loaded only where somebody outside is asked. */
async function openSubstitutes(config: Config): Promise<ReadonlyMap<string, Substitute>> {
  return config.cutout.provider === 'local'
    ? new Map()
    : (await import('#main/substitutes.ts')).openSubstitutes(config);
}

const sayFallback: NeedsDeps['onMet'] = (_processor, _how, error) => {
  if (error instanceof AppError) process.stderr.write(`${error.detail} Made by the local model instead.\n`);
};

async function withHash<I extends { readonly path: string }>(input: I): Promise<I & { readonly sha256: string }> {
  return { ...input, sha256: await hashFile(input.path) };
}

/** Of a job's progress, for what it starts from. */
const neededShare = 0.7;

function unusable(cause: unknown): never {
  const { code } = cause as NodeJS.ErrnoException;
  throw new AppError('CONFIG_INVALID', `The data folder cannot be made (${code}). Name another with --data.`, {
    cause,
  });
}

/** Copies a file to its place so that whoever looks there sees all of it or nothing. */
export async function placeFile(from: string, to: string): Promise<void> {
  const folder = dirname(to);
  const temporary = join(folder, `.${basename(to).slice(0, 80)}.${process.pid}.part`);
  try {
    await makeFolder(folder);
    await copyFile(from, temporary);
    await rename(temporary, to);
  } catch (error) {
    throw unwritable(error);
  } finally {
    await rm(temporary, { force: true });
  }
}

function unwritable(cause: unknown): AppError {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AppError('STORAGE_FULL', 'The result does not fit on the disk. Make room there.', { cause });
  }
  const detail = `The result cannot be written (${code}). Check the folder's permissions, or name another with -o.`;
  return new AppError('BAD_REQUEST', detail, { cause });
}
