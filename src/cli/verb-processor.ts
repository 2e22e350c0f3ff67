import type { Processor } from '#processors/contract.ts';
import { loadProcessors, type ProcessorRegistry } from '#processors/registry.ts';
import type { Option } from './command.ts';

export interface VerbProcessors {
  readonly processors: ProcessorRegistry;
  /** The one that does the verb's work. */
  readonly processor: Processor;
}

/**
 * What a verb runs.
 *
 * @param needs what it may start from; all processors are loaded when absent, which takes longer
 */
export async function loadForVerb(name: string, needs?: readonly string[]): Promise<VerbProcessors> {
  const processors = await loadProcessors(undefined, needs && [name, ...needs]);
  const processor = processors.get(name);
  if (processor === undefined) throw new Error(`the processor ${name} is not there`);
  return { processors, processor };
}

/** @param each what one object of JSON tells of: `file` */
export function jsonOption(each: string): Option {
  return { name: 'json', help: `Print one JSON object for each ${each}, and nothing else, to standard output.` };
}
