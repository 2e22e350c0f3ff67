import type { Selectable } from 'kysely';
import { mediaFacts } from '#database/media-facts.ts';
import type { Database, MediaColumns } from '#database/schema.ts';
import { AppError } from '#kernel/errors.ts';
import { formatBytes } from '#kernel/units.ts';
import type { Processor } from '#processors/contract.ts';
import type { JobPriority } from './job.ts';
import { resultKey } from './result-key.ts';

export type AssetRow = Selectable<Database['assets']>;

/** What of a file decides over a job. */
export type InputMedia = MediaColumns & Pick<AssetRow, 'sha256'>;

/** What is settled about a job before its row is written. */
export interface JobPlan {
  readonly resultKey: string;
  readonly queuePriority: number;
}

/**
 * Holds the inputs against the processor, prices the work and names its result.
 *
 * @throws AppError INPUT_NOT_ACCEPTED, RESOURCE_LIMIT, or what the processor throws (MODEL_NOT_FOUND)
 */
export function planJob(
  processor: Processor,
  params: Readonly<Record<string, unknown>>,
  inputs: readonly InputMedia[],
  priority: JobPriority,
  maxMemoryBytes: number,
): JobPlan {
  for (const [index, { media_type }] of inputs.entries()) checkAccepted(processor, index, media_type);
  const cost = processor.estimate(inputs.map(mediaFacts), params);
  if (cost.memoryBytes > maxMemoryBytes) {
    throw new AppError(
      'RESOURCE_LIMIT',
      `${processor.name} would need about ${formatBytes(cost.memoryBytes)} of memory for these inputs; a job here ` +
        `may use ${formatBytes(maxMemoryBytes)}. Use a smaller file, or raise ESTEIRA_WORKER_MEMORY_BYTES.`,
      { extensions: { neededBytes: cost.memoryBytes, limitBytes: maxMemoryBytes } },
    );
  }
  const inputHashes = inputs.map((input) => input.sha256);
  return {
    resultKey: resultKey(processor, params, inputHashes),
    queuePriority: queuePriority(priority, cost.cpuSeconds),
  };
}

/** @throws AppError WRONG_INPUT_COUNT */
export function checkInputCount(processor: Processor, count: number): void {
  const { min, max } = processor.inputs;
  if (count >= min && count <= max) return;
  const wanted = min === max ? `${min}` : `${min} to ${max}`;
  throw new AppError('WRONG_INPUT_COUNT', `${processor.name} takes ${wanted} inputs; ${count} were given.`);
}

function checkAccepted(processor: Processor, index: number, mediaType: string): void {
  if (processor.accepts.includes(mediaType)) return;
  throw new AppError(
    'INPUT_NOT_ACCEPTED',
    `Input ${index + 1} is ${mediaType}; ${processor.name} accepts ${processor.accepts.join(', ')}.`,
  );
}

const bands: Readonly<Record<JobPriority, number>> = { high: 0, normal: 1, low: 2 };

/** Within one band short work goes first, by powers of two of its estimate, so that equals keep their order. */
function queuePriority(priority: JobPriority, cpuSeconds: number): number {
  const size = Math.min(15, Math.max(0, Math.ceil(Math.log2(Math.max(cpuSeconds, 0.001)) + 5)));
  return 1 + bands[priority] * 16 + size;
}
