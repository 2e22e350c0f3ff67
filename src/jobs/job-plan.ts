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
  /** How long others of its tenant may go before it. */
  readonly patienceMs: number;
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
    patienceMs: patienceMs(
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

/** What a priority is worth: whoever is one step less urgent lets an hour of others go first, and is never forgotten. */
const stepMs = 3_600_000;
const steps: Readonly<Record<JobPriority, number>> = { high: -1, normal: 0, low: 1 };

/** Short work goes first: a job waits for ten times its own length, so that a long one has its turn as well. */
const patienceFactor = 10;
const maxLengthPatienceMs = 600_000;

function patienceMs(priority: JobPriority, cpuSeconds: number): number {
  const lengthMs = Math.min(maxLengthPatienceMs, Math.round(cpuSeconds * 1_000 * patienceFactor));
  return steps[priority] * stepMs + lengthMs;
}
