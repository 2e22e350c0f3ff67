import { availableParallelism } from 'node:os';
import type { ProcessorRuntime } from '#processors/contract.ts';
import type { analysisParams } from './params.ts';
import { otherThread, sameThread } from './tone-thread.ts';

/** Short, so that the second thread starts while the first is still loading what it needs. */
export function createRuntime(): ProcessorRuntime<typeof analysisParams> {
  // Where there is a second core it halves the wait; both threads together do no more than one would.
  const tones = availableParallelism() > 1 ? otherThread() : sameThread;
  return {
    warm: async () => {},
    async run(context) {
      const { analyse } = await import('./analyse.ts');
      return await analyse(context, tones);
    },
  };
}
