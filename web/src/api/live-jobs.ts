import { keepPreviousData, type Query, useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { type Batch, type BatchItem, getBatch, listBatches, listBatchItems } from './batch.ts';
import { getJob, isSettled, type Job, type JobStatus, listJobs, type Page } from './job.ts';
import { useLiveEvents } from './live-events.ts';
import { ApiError } from './problem.ts';

/**
 * The state of jobs and batches as it changes. The server tells of changes (live-events.ts); where it cannot, what is in
 * this file looks again: often while something changes, more and more rarely while nothing does, and not at all in a
 * hidden tab.
 */

const fastMs = 400;
const slowMs = 5_000;
const slowdown = 1.5;
/** Jobs asked for by id at once. The queue is first in, first out: the oldest are those that change. */
const watchedJobs = 12;

export const jobKey = (id: string): readonly unknown[] => ['job', id];

/**
 * Jobs by their ids, oldest first; those not known yet are missing.
 *
 * @param ids in the order of creation
 */
export function useLiveJobs(ids: readonly string[]): ReadonlyMap<string, Job> {
  const live = useLiveEvents();
  const results = useQueries({
    queries: ids.map((id) => ({
      queryKey: jobKey(id),
      queryFn: ({ signal }: { signal: AbortSignal }) => getJob(id, signal),
      staleTime: Number.POSITIVE_INFINITY,
      refetchInterval: (query: Query<Job>) => (!live && isWatched(query) ? pace(query, isSettled) : false),
    })),
    combine: (all) => all.map(({ data, error }, at) => data ?? (isGone(error) ? goneJob(ids[at] ?? '') : undefined)),
  });
  return useMemo(() => {
    const known = results.flatMap((job) => (job === undefined ? [] : [job]));
    watched = new Set(
      known
        .filter((job) => !isSettled(job))
        .slice(0, watchedJobs)
        .map(({ id }) => id),
    );
    return new Map(known.map((job) => [job.id, job]));
  }, [results]);
}

function isGone(error: Error | null): error is ApiError {
  return error instanceof ApiError && error.code === 'JOB_NOT_FOUND';
}

/** Stands for a job that the server has removed since. */
function goneJob(id: string): Job {
  return {
    id,
    status: 'failed',
    processor: '',
    progress: 0,
    attempts: 0,
    params: {},
    inputs: [],
    metadata: null,
    queuedAt: new Date(0).toISOString(),
    startedAt: null,
    finishedAt: null,
    cached: false,
    error: { code: 'JOB_NOT_FOUND', detail: 'There is no such job.' },
    outputs: [],
  };
}

let watched: ReadonlySet<string> = new Set();

function isWatched({ state: { data } }: Query<Job>): boolean {
  return data !== undefined && watched.has(data.id);
}

/** The list of jobs, newest first, page by page. */
export function useLiveJobList(status: JobStatus | undefined) {
  const live = useLiveEvents();
  return useInfiniteQuery({
    queryKey: ['jobs', status ?? 'all'],
    queryFn: ({ pageParam, signal }) => listJobs({ status, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Page<Job>) => page.nextCursor ?? undefined,
    // Somebody else may create one at any time: it never stops looking.
    refetchInterval: (query) => !live && pace(query, () => false),
    placeholderData: keepPreviousData,
  });
}

/** The list of batches, newest first. */
export function useLiveBatchList() {
  const live = useLiveEvents();
  return useInfiniteQuery({
    queryKey: ['batches'],
    queryFn: ({ pageParam, signal }) => listBatches(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Page<Batch>) => page.nextCursor ?? undefined,
    refetchInterval: (query) => !live && pace(query, () => false),
  });
}

export function useLiveBatch(id: string) {
  const live = useLiveEvents();
  return useQuery({
    queryKey: ['batch', id],
    queryFn: ({ signal }) => getBatch(id, signal),
    refetchInterval: (query) => !live && pace(query, ({ status }) => status === 'finished'),
  });
}

/** Every item of a batch: a thousand at most, a hundred in a request. */
export function useLiveBatchItems(id: string) {
  const live = useLiveEvents();
  return useQuery({
    queryKey: ['batch', id, 'items'],
    queryFn: ({ signal }) => allItems(id, signal),
    refetchInterval: (query) => !live && pace(query, (items) => items.every(({ job }) => isSettled(job)), items1k),
  });
}

async function allItems(id: string, signal: AbortSignal): Promise<readonly BatchItem[]> {
  const items: BatchItem[] = [];
  let cursor: string | undefined;
  do {
    const page = await listBatchItems(id, { cursor }, signal);
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}

/** Ten requests each time, for a thousand items. */
const items1k = 1_000;

interface Pace {
  readonly updates: number;
  readonly data: unknown;
  readonly ms: number;
}

const paces = new WeakMap<object, Pace>();

/**
 * When to ask again.
 *
 * @param settled whether nothing of the answer can change any more
 * @returns milliseconds, or false for never
 */
function pace<T, E, D, K extends readonly unknown[]>(
  query: Query<T, E, D, K>,
  settled: (data: D) => boolean,
  leastMs = fastMs,
): number | false {
  const { data, dataUpdateCount, errorUpdateCount } = query.state;
  if (data !== undefined && settled(data)) return false;
  const updates = dataUpdateCount + errorUpdateCount;
  const before = paces.get(query);
  if (before?.updates === updates) return before.ms;
  // An answer that is equal to the one before is the same object: React Query keeps it.
  const changed = before === undefined || before.data !== data;
  const ms = nextPaceMs(before?.ms ?? leastMs, changed, leastMs);
  paces.set(query, { updates, data, ms });
  return ms;
}

/** Quick again after a change, slower each time without one. */
export function nextPaceMs(beforeMs: number, changed: boolean, leastMs = fastMs): number {
  return changed ? leastMs : Math.min(slowMs, beforeMs * slowdown);
}
