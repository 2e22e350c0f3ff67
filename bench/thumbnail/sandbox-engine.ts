import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { mebibyte } from '#kernel/units.ts';
import { runtimeModuleUrl } from '#processors/registry.ts';
import { createSandbox } from '#sandbox/process-sandbox.ts';
import type { Engine } from './task.ts';

/** The processor in its children, without HTTP, queue and database. */
export function sandboxEngine(
  processor: string,
  workers: number,
  workDir: string,
  paramsOf: (round: number) => object,
): Engine {
  const sandbox = createSandbox({
    processors: { [processor]: runtimeModuleUrl(processor) },
    light: new Set([processor]),
    modelsDir: workDir,
    scratchRoot: workDir,
    executionProviders: ['cpu'],
    maxChildren: 1,
    maxLightChildren: workers,
    threadsPerChild: 1,
    memoryBudgetBytes: 8_192 * mebibyte,
    rssLimitBytes: 2_048 * mebibyte,
    maxWaiting: 1_000,
    idleMs: 600_000,
    recycleAfterJobs: 1_000_000,
    recycleAboveRssBytes: 2_048 * mebibyte,
    startTimeoutMs: 30_000,
    log: () => {},
  });
  let next = 0;
  return {
    name: 'processor in its children',
    async turn({ files, masks, round }) {
      const startedMs = performance.now();
      await Promise.all(
        files.map(async (path, at) => {
          const scratchDir = join(workDir, `job-${next++}`);
          await mkdir(scratchDir);
          const mask = masks[at];
          await sandbox.run({
            processor,
            params: paramsOf(round),
            inputs: [{ path, mediaType: 'image/jpeg', sizeBytes: 1 }],
            needed: mask === undefined ? [] : [{ path: mask, mediaType: 'image/png', data: {} }],
            scratchDir,
            deadlineMs: 60_000,
            memoryBytes: 1,
            signal: new AbortController().signal,
          });
          await rm(scratchDir, { recursive: true });
        }),
      );
      return performance.now() - startedMs;
    },
    close: () => sandbox.close(),
  };
}
