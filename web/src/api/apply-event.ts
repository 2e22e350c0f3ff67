import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import type { Batch, BatchItem } from './batch.ts';
import { isSettled, type Job, type Page } from './job.ts';

/** A job without what is large, or that it is gone. */
export type JobEvent = Pick<Job, 'id'> & Partial<Omit<Job, 'params' | 'inputs' | 'metadata' | 'outputs'>> & Event;
export type BatchEvent = Pick<Batch, 'id'> & Partial<Batch> & Event;

interface Event {
  readonly batchId?: string;
  readonly removed?: boolean;
}

/** Lists are asked for again at most so often, however much changes. */
const listMs = 1_000;
const itemsMs = 2_000;

/** Shows the change where the job is known; asks for it where the event does not say enough. */
export function applyJob(queries: QueryClient, event: JobEvent): void {
  const key = ['job', event.id];
  const state = queries.getQueryState<Job>(key);
  if (state !== undefined) {
    // An answer that is on its way may be older than this event; and only the job itself has its outputs.
    const enough = state.data !== undefined && state.fetchStatus === 'idle' && !event.removed && !settles(event);
    if (enough) queries.setQueryData<Job>(key, (job) => job && merged(job, event));
    else void queries.invalidateQueries({ queryKey: key, exact: true });
  }
  const inList = updateLists<Job>(queries, ['jobs'], event.id, (job) => merged(job, event));
  // Mere progress brings nothing into a list, nor takes it out.
  if ((!inList && !event.progress) || event.removed || settles(event)) refreshSoon(queries, ['jobs'], listMs);
  if (event.batchId === undefined) return;
  const items = ['batch', event.batchId, 'items'];
  queries.setQueryData<readonly BatchItem[]>(items, (all) =>
    all?.map((item) => (item.job.id === event.id ? { ...item, job: merged(item.job, event) } : item)),
  );
  if (settles(event)) refreshSoon(queries, items, itemsMs);
}

export function applyBatch(queries: QueryClient, event: BatchEvent): void {
  const key = ['batch', event.id];
  if (event.removed || queries.getQueryState(key)?.fetchStatus === 'fetching') {
    void queries.invalidateQueries({ queryKey: key, exact: true });
  } else {
    queries.setQueryData<Batch>(key, (batch) => batch && { ...batch, ...event });
  }
  const inList = updateLists<Batch>(queries, ['batches'], event.id, (batch) => ({ ...batch, ...event }));
  if (!inList || event.removed) refreshSoon(queries, ['batches'], listMs);
}

/** After events were left out: all that is shown and may have changed. */
export function refreshAll(queries: QueryClient): void {
  void queries.invalidateQueries({
    predicate: ({ queryKey: [kind], state }) => {
      if (kind === 'job') return state.data === undefined || !isSettled(state.data as Job);
      return kind === 'jobs' || kind === 'batch' || kind === 'batches';
    },
  });
}

function settles({ status }: JobEvent): boolean {
  return status !== undefined && isSettled({ status });
}

/** An error that is not told any more is none. */
function merged({ error: _, ...job }: Job, event: JobEvent): Job {
  return { ...job, ...event };
}

/** @returns whether each list that is known shows it */
function updateLists<T extends { readonly id: string }>(
  queries: QueryClient,
  queryKey: readonly string[],
  id: string,
  change: (item: T) => T,
): boolean {
  let everywhere = true;
  queries.setQueriesData<InfiniteData<Page<T>>>({ queryKey }, (list) => {
    if (list === undefined || !list.pages.some(({ items }) => items.some((item) => item.id === id))) {
      everywhere = false;
      return list;
    }
    const pages = list.pages.map((page) => ({
      ...page,
      items: page.items.map((item) => (item.id === id ? change(item) : item)),
    }));
    return { ...list, pages };
  });
  return everywhere;
}

const waiting = new WeakMap<QueryClient, Set<string>>();

function refreshSoon(queries: QueryClient, queryKey: readonly string[], afterMs: number): void {
  const name = queryKey.join(' ');
  const names = waiting.get(queries) ?? new Set();
  waiting.set(queries, names);
  if (names.has(name)) return;
  names.add(name);
  setTimeout(() => {
    names.delete(name);
    void queries.invalidateQueries({ queryKey });
  }, afterMs);
}
