import type { ProcessorRuntime } from '#processors/contract.ts';
import type { analysisParams } from './params.ts';

export function createRuntime(): ProcessorRuntime<typeof analysisParams> {
  return {
    async warm() {},
    run: () => Promise.reject(new Error('measures are not put together yet')),
  };
}
