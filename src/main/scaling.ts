import { every, type Repeating } from '#jobs/every.ts';
import { machineLoad, thisMachine } from '#kernel/machine.ts';
import { type ChildTargets, childKinds, type Sandbox } from '#sandbox/sandbox.ts';
import { createScaler } from '#sandbox/scaler.ts';
import type { Parts } from './parts.ts';

const lookMs = 2_000;

/** Lets the number of children follow the work, the CPU and free memory. */
export function startScaling({ config, log, line, workerProcessors }: Parts, sandbox: Sandbox): Repeating {
  const { memoryBytes } = thisMachine();
  const { minWorkerProcesses: min, workerProcesses: max, workerThreads } = config;
  const scaler = createScaler(sandbox, { min, max, maxLight: max * workerThreads, memoryBytes });
  let last = sandbox.stats().kinds;

  /** Only who lets jobs wait here need ask how long others wait. */
  async function oldestInLineSeconds(): Promise<number> {
    if (sandbox.stats().waiting === 0) return 0;
    const ours = (await line()).filter(({ processor }) => workerProcessors?.includes(processor) ?? true);
    return Math.max(0, ...ours.map(({ oldestSeconds }) => oldestSeconds));
  }

  function tell(targets: ChildTargets): void {
    for (const kind of childKinds) {
      const { reason, children } = targets[kind];
      const short = reason === 'memory' || reason === 'cpu';
      if (short && reason !== last[kind].target.reason)
        log.info({ kind, children, reason }, 'fewer children than wanted');
    }
    last = sandbox.stats().kinds;
  }

  return every(
    lookMs,
    async () => {
      // What cannot be read is not looked at: the children need no database.
      const oldestSeconds = await oldestInLineSeconds().catch(() => 0);
      tell(scaler.step(machineLoad(), oldestSeconds));
    },
    (error) => log.warn({ err: error }, 'could not look how many children there should be'),
  );
}
