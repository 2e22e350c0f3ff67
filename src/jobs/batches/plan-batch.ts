import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import { checkStorable } from '#kernel/storable-json.ts';
import type { Processor } from '#processors/contract.ts';
import type { CreateJobDeps } from '../create-job.ts';
import { type Draft, findAssets, findProcessor, inOrder } from '../job-draft.ts';
import { checkInputCount, planJob } from '../job-plan.ts';
import { completeParameters } from '../parameters.ts';
import { type CreateBatch, maxBatchItems } from './batch.ts';
import { findResults } from './find-results.ts';

/** One item, held against its processor. */
export interface PreparedItem {
  readonly index: number;
  readonly inputs: readonly string[];
  readonly params: Readonly<Record<string, unknown>>;
  readonly name: string | null;
}

export interface PreparedBatch {
  readonly processor: Processor;
  readonly items: readonly PreparedItem[];
}

export type ItemDraft = Draft & { readonly index: number; readonly name: string | null };

const maxMetadataBytes = 16 * 1024;
const maxNameBytes = 1_024;
const maxKeyBytes = 256;
/** Every row has its own parameters; a thousand of the largest would be 64 MiB. */
const maxParamsBytes = 8 * 1024 * 1024;
/** After so many the event loop gets a turn: other requests are served while a thousand items are planned. */
const itemsAtOnce = 20;

/**
 * What can be said of a batch without looking anything up.
 *
 * @throws AppError what is wrong with an item, with its `index`
 */
export async function prepareBatch(deps: CreateJobDeps, request: CreateBatch): Promise<PreparedBatch> {
  const count = request.items.length;
  if (count === 0 || count > maxBatchItems) {
    throw new AppError('INVALID_PARAMETERS', `A batch has 1 to ${maxBatchItems} items; ${count} were given.`);
  }
  checkStorable('metadata', request.metadata, maxMetadataBytes);
  checkStorable('The Idempotency-Key', request.idempotencyKey, maxKeyBytes);
  const processor = findProcessor(deps.processors, request.processor);
  const common = completeParameters(processor, request.params);
  const commonBytes = sizeOf(common);
  let totalBytes = 0;
  const items = await eachItem(request.items, (item, index): PreparedItem => {
    checkInputCount(processor, item.inputs.length);
    checkStorable('name', item.name, maxNameBytes);
    const params =
      item.params === undefined ? common : completeParameters(processor, { ...request.params, ...item.params });
    totalBytes += item.params === undefined ? commonBytes : sizeOf(params);
    checkTotal(totalBytes);
    return { index, inputs: item.inputs, params, name: item.name ?? null };
  });
  return { processor, items };
}

/**
 * Looks up what the items refer to, all of it at once, and settles each of their jobs.
 *
 * @throws AppError what is wrong with an item, with its `index`
 */
export async function draftBatch(
  deps: CreateJobDeps,
  actor: Actor,
  request: CreateBatch,
  { processor, items }: PreparedBatch,
): Promise<ItemDraft[]> {
  const found = await findAssets(
    deps.tenantDb,
    actor,
    items.flatMap((item) => item.inputs),
  );
  const priority = request.priority ?? 'low';
  const planned = await eachItem(items, ({ index, inputs, params, name }) => {
    const assets = inOrder(found, inputs);
    const plan = planJob(deps, processor, params, assets, priority, deps.maxJobMemoryBytes);
    return { index, params, assets, plan, name: name ?? assets[0]?.name ?? null };
  });
  const sources = await findResults(
    deps,
    actor,
    planned.map(({ plan }) => plan.resultKey),
  );
  return planned.map((item) => ({
    ...item,
    actor,
    request: { priority },
    fingerprint: '',
    processor,
    sourceId: sources.get(item.plan.resultKey),
  }));
}

async function eachItem<I, O>(items: readonly I[], settle: (item: I, index: number) => O): Promise<O[]> {
  const settled: O[] = [];
  for (const [index, item] of items.entries()) {
    if (index % itemsAtOnce === itemsAtOnce - 1) await nextTurn();
    try {
      settled.push(settle(item, index));
    } catch (error) {
      throw ofItem(index, error);
    }
  }
  return settled;
}

function ofItem(index: number, error: unknown): unknown {
  if (!(error instanceof AppError)) return error;
  const extensions = { ...error.extensions, index };
  return new AppError(error.code, `inputs[${index}]: ${error.detail}`, { cause: error, extensions });
}

function sizeOf(params: unknown): number {
  return Buffer.byteLength(JSON.stringify(params));
}

function checkTotal(totalBytes: number): void {
  if (totalBytes <= maxParamsBytes) return;
  throw new AppError(
    'INVALID_PARAMETERS',
    `the parameters of the items up to here take ${totalBytes} bytes as JSON; all together may take ` +
      `${maxParamsBytes}. Send smaller batches.`,
  );
}
