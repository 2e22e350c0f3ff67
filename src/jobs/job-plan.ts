import type { Selectable } from 'kysely';
import { mediaFacts } from '#database/media-facts.ts';
import type { Database, MediaColumns } from '#database/schema.ts';
import { AppError } from '#kernel/errors.ts';
import { formatBytes } from '#kernel/units.ts';
import type { MediaInfo, Processor } from '#processors/contract.ts';
import { completed, inputOf, neededProcessor, needsOf, type ResultNaming, resultKey } from '#processors/result-key.ts';
import type { JobPriority } from './job.ts';

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
  naming: ResultNaming,
  processor: Processor,
  params: Readonly<Record<string, unknown>>,
  inputs: readonly InputMedia[],
  priority: JobPriority,
  maxMemoryBytes: number,
): JobPlan {
  for (const [index, { media_type }] of inputs.entries()) checkAccepted(processor, index, media_type);
  const media = inputs.map((input) => ({ ...mediaFacts(input), sha256: input.sha256 }));
  const costs = stepsOf(naming, processor, params, media).map(([step, stepParams, stepMedia]) => {
    const cost = step.estimate(stepMedia, stepParams);
    checkMemory(step.name, cost.memoryBytes, maxMemoryBytes);
    return cost.cpuSeconds;
  });
  return {
    resultKey: resultKey(naming, processor, params, media),
    queuePriority: queuePriority(
      priority,
      costs.reduce((sum, seconds) => sum + seconds, 0),
    ),
  };
}

type Step = readonly [Processor, unknown, readonly MediaInfo[]];

/** The job itself and what it needs, each with what it works on. */
function stepsOf(naming: ResultNaming, processor: Processor, params: unknown, media: readonly MediaInfo[]): Step[] {
  const needed = needsOf(processor, params, media).map((need): Step => {
    const step = neededProcessor(naming.processors, need);
    return [step, completed(step, need), [inputOf(need, media)]];
  });
  return [[processor, params, media], ...needed];
}

function checkMemory(name: string, neededBytes: number, limitBytes: number): void {
  if (neededBytes <= limitBytes) return;
  throw new AppError(
    'RESOURCE_LIMIT',
    `${name} would need about ${formatBytes(neededBytes)} of memory for these inputs; a job here ` +
      `may use ${formatBytes(limitBytes)}. Use a smaller file, or raise ESTEIRA_WORKER_MEMORY_BYTES.`,
    { extensions: { neededBytes, limitBytes } },
  );
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
