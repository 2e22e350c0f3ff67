import { request } from './client.ts';
import type { Page } from './job.ts';
import type { Permission } from './me.ts';

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  /** How it begins: all that is kept of it in words. */
  readonly prefix: string;
  readonly scopes: readonly Permission[];
  readonly createdAt: string;
  readonly createdBy: string | { readonly name: string } | null;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  readonly requestsPerMinute: number | null;
  readonly revokedAt: string | null;
  /** How long the secret before it was replaced goes on. */
  readonly previousUntil: string | null;
}

export interface NewApiKey {
  readonly name: string;
  readonly scopes: readonly Permission[];
  readonly expiresAt?: string;
  readonly requestsPerMinute?: number;
}

/** With the key itself, which is told this once. */
export type MadeApiKey = ApiKey & { readonly key: string };

export function listApiKeys(signal?: AbortSignal): Promise<Page<ApiKey>> {
  return request('/v1/api-keys', { signal });
}

export function createApiKey(key: NewApiKey): Promise<MadeApiKey> {
  return request('/v1/api-keys', { method: 'POST', json: key });
}

/** @param overlapSeconds how long the old one goes on working */
export function rotateApiKey(id: string, overlapSeconds: number): Promise<MadeApiKey> {
  return request(`/v1/api-keys/${id}/rotate`, { method: 'POST', json: { overlapSeconds } });
}

export function revokeApiKey(id: string): Promise<unknown> {
  return request(`/v1/api-keys/${id}`, { method: 'DELETE' });
}
