import { request } from './client.ts';
import type { Job, Page } from './job.ts';

/** Many jobs of one kind: the answer of GET /v1/batches/{id}. */
export interface Batch {
  readonly id: string;
  readonly processor: string;
  readonly status: 'running' | 'finished';
  readonly counts: Readonly<Record<'total' | 'queued' | 'active' | 'succeeded' | 'failed' | 'cancelled', number>>;
  /** 0 to 1. */
  readonly progress: number;
  readonly createdAt: string;
  readonly finishedAt?: string | null;
  readonly archiveUrl: string;
}

export interface BatchItem {
  readonly index: number;
  readonly name: string | null;
  readonly job: Job;
}

export interface BatchRequest {
  readonly processor: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly inputs: readonly {
    readonly inputs: readonly string[];
    readonly params?: Readonly<Record<string, unknown>>;
    readonly name?: string;
  }[];
}

export function createBatch(batch: BatchRequest): Promise<Batch> {
  return request('/v1/batches', { method: 'POST', json: batch });
}

export function listBatches(cursor: string | undefined, signal?: AbortSignal): Promise<Page<Batch>> {
  return request(`/v1/batches${cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor)}`}`, { signal });
}

export function getBatch(id: string, signal?: AbortSignal): Promise<Batch> {
  return request(`/v1/batches/${id}`, { signal });
}

export function retryBatch(id: string): Promise<Batch> {
  return request(`/v1/batches/${id}/retry`, { method: 'POST' });
}

export function cancelBatch(id: string): Promise<Batch> {
  return request(`/v1/batches/${id}/cancel`, { method: 'POST' });
}

export function listBatchItems(
  id: string,
  { status, cursor, limit = 100 }: { status?: string | undefined; cursor?: string | undefined; limit?: number },
  signal?: AbortSignal,
): Promise<Page<BatchItem>> {
  const query = new URLSearchParams({ limit: String(limit), ...(status && { status }), ...(cursor && { cursor }) });
  return request(`/v1/batches/${id}/items?${query}`, { signal });
}
