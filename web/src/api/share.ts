import { request } from './client.ts';
import type { Page } from './job.ts';

/** An address under which everybody who has it sees one result: the answer of POST /v1/shares. */
export interface Share {
  readonly id: string;
  readonly url: string;
  readonly jobId: string;
  readonly outputIndex: number;
  readonly expiresAt: string;
  readonly name: string | null;
  readonly createdAt: string;
}

export interface NewShare {
  readonly jobId: string;
  readonly outputIndex: number;
  readonly expiresInSeconds?: number;
  /** What the file is called. */
  readonly name?: string;
}

export function createShare(share: NewShare): Promise<Share> {
  return request('/v1/shares', { method: 'POST', json: share });
}

/** All that are open, newest first. */
export function listShares(signal?: AbortSignal): Promise<Page<Share>> {
  return request('/v1/shares', { signal });
}

export function revokeShare(id: string): Promise<void> {
  return request(`/v1/shares/${id}`, { method: 'DELETE' });
}
