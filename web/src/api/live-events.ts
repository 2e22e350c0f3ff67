import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useCallback, useSyncExternalStore } from 'react';
import { applyBatch, applyJob, type BatchEvent, type JobEvent, refreshAll } from './apply-event.ts';

/**
 * What the server tells of jobs and batches, put into what has been asked of it before. One stream for all of a page,
 * open while somebody looks: not in a hidden tab, because a browser has few connections to one server for all its tabs.
 */

/** So often it may fail before the page looks for itself. */
const maxFailures = 3;
/** A stream that is open and says nothing is kept back by something on the way. */
const firstWordMs = 5_000;
/** After giving up, it is tried again so often. */
const tryAgainMs = 60_000;

/** @returns whether changes come by themselves; while they do not, whoever shows them looks again and again */
export function useLiveEvents(): boolean {
  const feed = feedOf(useQueryClient());
  const subscribe = useCallback((listener: () => void) => feed.listen(listener), [feed]);
  return useSyncExternalStore(subscribe, () => feed.live);
}

const feeds = new WeakMap<QueryClient, Feed>();

function feedOf(queries: QueryClient): Feed {
  const feed = feeds.get(queries) ?? new Feed(queries);
  feeds.set(queries, feed);
  return feed;
}

class Feed {
  live = false;
  readonly #queries: QueryClient;
  readonly #listeners = new Set<() => void>();
  #source: EventSource | undefined;
  #lastEventId = '';
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(queries: QueryClient) {
    this.#queries = queries;
    globalThis.document?.addEventListener('visibilitychange', () => this.#update());
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#update();
    return () => {
      this.#listeners.delete(listener);
      // The next page may listen in a moment.
      setTimeout(() => this.#update());
    };
  }

  #update(): void {
    const wanted = this.#listeners.size > 0 && document.visibilityState === 'visible';
    if (wanted && this.#source === undefined && this.#failures < maxFailures) this.#open();
    if (!wanted) this.#close();
  }

  #open(): void {
    if (typeof EventSource === 'undefined') return;
    const from = this.#lastEventId === '' ? '' : `?lastEventId=${this.#lastEventId}`;
    const source = new EventSource(`/v1/events${from}`);
    this.#source = source;
    const on = (type: string, apply: (data: unknown) => void) => {
      source.addEventListener(type, ({ data, lastEventId }: MessageEvent<string>) => {
        this.#lastEventId = lastEventId || this.#lastEventId;
        apply(JSON.parse(data));
      });
    };
    on('job', (data) => applyJob(this.#queries, data as JobEvent));
    on('batch', (data) => applyBatch(this.#queries, data as BatchEvent));
    on('reset', () => refreshAll(this.#queries));
    on('ready', () => {
      clearTimeout(this.#timer);
      this.#failures = 0;
      if (this.live) return;
      this.#setLive(true);
      // What was asked for before this moment may have changed since, and nobody told.
      if (from === '') refreshAll(this.#queries);
    });
    source.addEventListener('error', () => {
      this.#failures += 1;
      if (source.readyState === EventSource.CLOSED || this.#failures >= maxFailures) this.#giveUp();
    });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#giveUp(), firstWordMs);
  }

  #giveUp(): void {
    this.#close();
    this.#failures = maxFailures;
    this.#timer = setTimeout(() => {
      this.#failures = 0;
      this.#update();
    }, tryAgainMs);
  }

  #close(): void {
    if (this.#source === undefined) return;
    clearTimeout(this.#timer);
    this.#source.close();
    this.#source = undefined;
    this.#setLive(false);
  }

  #setLive(live: boolean): void {
    if (this.live === live) return;
    this.live = live;
    for (const listener of this.#listeners) listener();
  }
}
