import { AppError } from '#kernel/errors.ts';
import { checkStorable } from '#kernel/storable-json.ts';
import type { ProcessorRegistry } from '#processors/registry.ts';
import { findProcessor } from '../job-draft.ts';
import { checkInputCount } from '../job-plan.ts';
import { completeParameters } from '../parameters.ts';
import { type CreatePipeline, type CreateStep, maxPipelineSteps, type StepInput } from './pipeline.ts';

/** A step whose inputs all say where they come from. */
export interface CheckedStep {
  readonly id: string;
  readonly processor: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly inputs: readonly StepInput[];
}

const maxMetadataBytes = 16 * 1024;
const maxNameBytes = 1_024;
const maxWebhookUrlBytes = 4 * 1024;
const maxKeyBytes = 256;
/** All that a processor can give is far less; what is really there shows when it is there. */
const maxOutputIndex = 999;

/**
 * What can be said of a pipeline without looking anything up. A step may refer only to steps that stand before it, so
 * there is no circle.
 *
 * @throws AppError PIPELINE_INVALID, UNKNOWN_PROCESSOR, INVALID_PARAMETERS, WRONG_INPUT_COUNT, with the `step`
 */
export function checkPipeline(processors: ProcessorRegistry, request: CreatePipeline): CheckedStep[] {
  const { steps, inputs = [] } = request;
  if (steps.length === 0 || steps.length > maxPipelineSteps) {
    throw invalid(`A pipeline has 1 to ${maxPipelineSteps} steps; ${steps.length} were given.`);
  }
  checkStorable('name', request.name, maxNameBytes);
  checkStorable('metadata', request.metadata, maxMetadataBytes);
  checkStorable('webhookUrl', request.webhookUrl, maxWebhookUrlBytes);
  checkStorable('The Idempotency-Key', request.idempotencyKey, maxKeyBytes);
  const before: string[] = [];
  return steps.map((step, index) =>
    ofStep(step.id, index, () => {
      if (before.includes(step.id)) throw invalid('another step has this id already. Ids of steps must differ.');
      checkStorable('the id', step.id, maxNameBytes);
      const processor = findProcessor(processors, step.processor);
      const params = completeParameters(processor, step.params ?? {});
      const resolved = inputsOf(step, before, inputs);
      checkInputCount(processor, resolved.length);
      before.push(step.id);
      return { id: step.id, processor: step.processor, params, inputs: resolved };
    }),
  );
}

function inputsOf(step: CreateStep, before: readonly string[], given: readonly string[]): StepInput[] {
  const previous = before.at(-1);
  if (step.inputs === undefined) {
    return previous === undefined ? given.map((asset) => ({ asset })) : [{ step: previous, output: 0 }];
  }
  return step.inputs.map((input) => {
    if ('asset' in input) return input;
    if ('input' in input) {
      const asset = given[input.input];
      if (asset !== undefined) return { asset };
      throw invalid(`it refers to input ${input.input}; the pipeline has ${given.length}, counted from 0.`);
    }
    if (!before.includes(input.step)) {
      const known = before.length === 0 ? 'there is none' : `those are ${before.join(', ')}`;
      throw invalid(`it refers to "${input.step}", which is no step before it; ${known}.`);
    }
    if (input.output > maxOutputIndex) throw invalid(`it refers to output ${input.output}; no step has so many.`);
    return input;
  });
}

/** Says which step an error is about. */
export function ofStep<T>(id: string, index: number, check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw aboutStep(id, index, error);
  }
}

export function aboutStep(id: string, index: number, error: unknown): unknown {
  if (!(error instanceof AppError)) return error;
  const extensions = { ...error.extensions, step: id, index };
  return new AppError(error.code, `steps[${index}] (${id}): ${error.detail}`, { cause: error, extensions });
}

function invalid(detail: string): AppError {
  return new AppError('PIPELINE_INVALID', detail);
}
