import { request } from './client.ts';

export type PrivacyOf = 'me' | 'tenant';

export interface Privacy {
  readonly consents: readonly { readonly purpose: string; readonly given: boolean; readonly at: string | null }[];
  /** How long what is kept; null: for ever. */
  readonly retention: {
    readonly resultTtlSeconds: number | null;
    readonly auditRetentionDays: number | null;
    readonly exportDays: number;
    readonly erasureGraceDays: number;
  };
  readonly exports: readonly PrivacyExport[];
  readonly erasures: readonly Erasure[];
}

export interface PrivacyExport {
  readonly id: string;
  readonly of: PrivacyOf;
  readonly status: 'queued' | 'running' | 'ready' | 'failed';
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly sizeBytes: number | null;
}

export interface Erasure {
  readonly id: string;
  readonly of: PrivacyOf;
  /** `blocked`: they have become the last owner of a workspace. */
  readonly status: 'pending' | 'running' | 'blocked' | 'done' | 'cancelled';
  /** When the grace period ends. */
  readonly dueAt: string;
}

export function getPrivacy(signal?: AbortSignal): Promise<Privacy> {
  return request('/v1/privacy', { signal });
}

export function giveConsent(consent: { readonly purpose: string; readonly given: boolean }): Promise<unknown> {
  return request('/v1/privacy/consents', { method: 'PUT', json: consent });
}

export function startExport(of: PrivacyOf): Promise<PrivacyExport> {
  return request('/v1/privacy/exports', { method: 'POST', json: { of } });
}

export function exportArchiveUrl(id: string): string {
  return `/v1/privacy/exports/${id}/archive`;
}

/** @param confirm the person's address, or the workspace's name: who types it means it */
export function startErasure(of: PrivacyOf, confirm: string): Promise<Erasure> {
  return request('/v1/privacy/erasures', { method: 'POST', json: { of, confirm } });
}

export function callErasureOff(id: string): Promise<unknown> {
  return request(`/v1/privacy/erasures/${id}`, { method: 'DELETE' });
}
