import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '#config.ts';
import { makeFolder } from '#kernel/folders.ts';
import { type ProcessorRegistry, runtimeModuleUrl } from '#processors/registry.ts';
import { sandboxLimits } from '#sandbox/limits.ts';
import { createSandbox } from '#sandbox/process-sandbox.ts';
import { programsOf } from '#sandbox/programs.ts';
import type { Sandbox } from '#sandbox/sandbox.ts';
import { notWritable } from './data-folder.ts';

/**
 * The children that run processors, with the limits that the configuration sets.
 *
 * @throws AppError CONFIG_INVALID when their folders cannot be made
 */
export async function openSandbox(
  config: Config,
  processors: ProcessorRegistry,
  log: Logger,
  opened: AsyncDisposableStack,
  processorsDir?: string,
): Promise<Sandbox> {
  const folders = ['models', 'scratch', 'objects'].map((name) => join(config.dataDir, name));
  for (const folder of folders) await makeFolder(folder).catch(notWritable);
  const [modelsDir = '', scratchRoot = '', objectsDir = ''] = await Promise.all(
    folders.map((folder) => realpath(folder)),
  );
  const sandbox = createSandbox({
    processors: Object.fromEntries(processors.list().map(({ name }) => [name, runtimeModuleUrl(name, processorsDir)])),
    light: new Set(processors.list().flatMap(({ name, light }) => (light ? [name] : []))),
    programs: programsOf(processors.list(), config.programs),
    modelsDir,
    scratchRoot,
    // Inputs are read where they are kept; those from a bucket come into the scratch folder.
    readableDirs: [objectsDir],
    executionProviders: config.executionProviders,
    deadlineFactor: config.deadlineFactor,
    minChildren: config.minWorkerProcesses,
    ...sandboxLimits({
      processes: config.workerProcesses,
      threads: config.workerThreads,
      memoryBytes: config.workerMemoryBytes,
    }),
    log: (level, message, fields) => log[level](fields, message),
  });
  opened.defer(() => sandbox.close());
  return sandbox;
}

/** In the background: a server that warms up answers already. */
export function warmUp(config: Config, sandbox: Sandbox, log: Logger): void {
  for (const processor of config.warm) {
    sandbox.warm(processor).catch((error: unknown) => log.warn({ err: error, processor }, 'could not warm up'));
  }
}
