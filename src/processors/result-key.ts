import { Default } from 'typebox/value';
import { hashOfJson } from '#kernel/canonical-json.ts';
import { AppError } from '#kernel/errors.ts';
import { newId } from '#kernel/ids.ts';
import type { MediaInfo, Need, Processor } from './contract.ts';
import type { ProcessorRegistry } from './registry.ts';

/** What decides over the names of results. */
export interface ResultNaming {
  readonly processors: ProcessorRegistry;
  /** Processors whose results somebody outside makes, and who; empty where nobody does. */
  readonly madeElsewhere: ReadonlyMap<string, string>;
}

export type HashedInput = MediaInfo & { readonly sha256: string };

/**
 * Names a result before it exists: the same work on the same bytes has the same key, on every node, for ever. Work whose
 * result varies has another key each time.
 *
 * @param params completed with defaults, so that leaving one out and naming its default are the same work
 * @param inputs in order
 */
export function resultKey(
  naming: ResultNaming,
  processor: Processor,
  params: unknown,
  inputs: readonly HashedInput[],
): string {
  const needs = needsOf(processor, params, inputs);
  const key = ownKey(processor, params, inputs);
  if (processor.varies) return hashOfJson([key, newId()]);
  return needs.length === 0 ? key : hashOfJson([key, needs.map((need) => neededKey(naming, need, inputs))]);
}

/** What a job starts from. */
export function needsOf(processor: Processor, params: unknown, inputs: readonly MediaInfo[]): readonly Need[] {
  return processor.needs?.(params, inputs) ?? [];
}

/** Names what somebody outside makes, if somebody does, or what this program would make. */
export function neededKey(naming: ResultNaming, need: Need, inputs: readonly HashedInput[]): string {
  const outside = naming.madeElsewhere.get(need.processor);
  const local = localKey(naming.processors, need, inputs);
  return outside === undefined ? local : hashOfJson([outside, local]);
}

/** Names what this program would make for a need. */
export function localKey(processors: ProcessorRegistry, need: Need, inputs: readonly HashedInput[]): string {
  const needed = neededProcessor(processors, need);
  return ownKey(needed, completed(needed, need), [inputOf(need, inputs)]);
}

/** @throws AppError PROCESSOR_UNAVAILABLE when this program does not have it */
export function neededProcessor(processors: ProcessorRegistry, { processor: name }: Need): Processor {
  const processor = processors.get(name);
  if (processor !== undefined) return processor;
  throw new AppError('PROCESSOR_UNAVAILABLE', `The job needs ${name}, which is not installed here.`);
}

/** The parameters of a need, completed with its processor's defaults. */
export function completed(processor: Processor, { params }: Need): unknown {
  return Default(processor.params, structuredClone(params));
}

/** @throws AppError INVALID_PARAMETERS when the parameters name an input that was not given */
export function inputOf<I extends MediaInfo>({ input, processor }: Need, inputs: readonly I[]): I {
  const found = inputs[input];
  if (found !== undefined) return found;
  throw new AppError(
    'INVALID_PARAMETERS',
    `${processor} is asked for input ${input}, but only ${inputs.length} were given, counted from 0.`,
  );
}

function ownKey(processor: Processor, params: unknown, inputs: readonly HashedInput[]): string {
  const hashes = inputs.map(({ sha256 }) => sha256);
  return hashOfJson([processor.name, processor.version, processor.modelHashes(params), params, hashes]);
}
