import { checkStorable } from '#kernel/storable-json.ts';
import type { Processor } from '#processors/contract.ts';
import { completeParameters as complete } from '#processors/parameters.ts';

const maxParamsBytes = 64 * 1024;

/**
 * What the client sent, completed with the schema's defaults, and fit for the job's row.
 *
 * @throws AppError INVALID_PARAMETERS naming the parameter, its value and what is allowed
 */
export function completeParameters(processor: Processor, sent: Readonly<Record<string, unknown>>) {
  checkStorable('params', sent, maxParamsBytes);
  return complete(processor, sent);
}
