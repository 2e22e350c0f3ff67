import { copyFile, mkdir, mkdtemp, realpath, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Config } from '#config.ts';
import { AppError } from '#kernel/errors.ts';
import { makeFolder } from '#kernel/folders.ts';
import type { MediaInfo, Processor, ProcessorOutput } from '#processors/contract.ts';
import { processorModuleUrl } from '#processors/registry.ts';
import { sandboxLimits } from '#sandbox/limits.ts';
import { createSandbox } from '#sandbox/process-sandbox.ts';

export interface LocalJob<Kept> {
  readonly input: MediaInfo & { readonly path: string };
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

/** Runs one processor on files of this machine, without server, queue or database. */
export async function createLocalRunner(
  config: Config,
  processor: Processor,
  params: Record<string, unknown>,
  { jobs, signal }: { readonly jobs: number; readonly signal: AbortSignal },
): Promise<LocalRunner> {
  const modelsDir = join(config.dataDir, 'models');
  await makeFolder(modelsDir).catch((cause: unknown) => {
    const { code } = cause as NodeJS.ErrnoException;
    throw new AppError('CONFIG_INVALID', `The data folder cannot be made (${code}). Name another with --data.`, {
      cause,
    });
  });
  const scratchRoot = await realpath(await mkdtemp(join(tmpdir(), 'esteira-')));
  // All cores for one picture; one child per two cores for many.
  const processes = Math.max(1, Math.min(config.workerProcesses, jobs));
  const threads = Math.max(1, Math.floor((config.workerProcesses * config.workerThreads) / processes));
  const sandbox = createSandbox({
    processors: { [processor.name]: processorModuleUrl(processor.name) },
    modelsDir: await realpath(modelsDir),
    scratchRoot,
    ...sandboxLimits({ processes, threads, memoryBytes: config.workerMemoryBytes }),
    log: (level, message, fields) => {
      if (level === 'error') process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);
    },
  });
  let next = 0;
  return {
    concurrency: processes + 1,
    async run({ input, onProgress, onStart, keep }) {
      const scratchDir = join(scratchRoot, String(next++));
      await mkdir(scratchDir);
      try {
        const outputs = await sandbox.run({
          processor: processor.name,
          params,
          inputs: [input],
          scratchDir,
          deadlineMs: processor.deadlineMs([input], params),
          memoryBytes: processor.estimate([input], params).memoryBytes,
          signal,
          onProgress,
          onStart,
        });
        return await keep(outputs, scratchDir);
      } finally {
        await rm(scratchDir, { recursive: true, force: true });
      }
    },
    async [Symbol.asyncDispose]() {
      await sandbox.close();
      await rm(scratchRoot, { recursive: true, force: true });
    },
  };
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
