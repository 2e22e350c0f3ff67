import type { Processor } from '#processors/contract.ts';
import { hashOfJson } from './canonical-json.ts';

/**
 * Names a result before it exists: the same work on the same bytes has the same key, on every node, for ever.
 *
 * @param params completed with defaults, so that leaving one out and naming its default are the same work
 * @param inputHashes SHA-256 of the inputs, in order
 */
export function resultKey(processor: Processor, params: unknown, inputHashes: readonly string[]): string {
  return hashOfJson([processor.name, processor.version, processor.modelHashes(params), params, inputHashes]);
}
