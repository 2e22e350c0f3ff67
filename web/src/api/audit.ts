import { request } from './client.ts';
import type { Page } from './job.ts';

/** Something that somebody did. */
export interface AuditEntry {
  readonly id: string;
  readonly at: string;
  /** Subject first: `member.invited`. */
  readonly action: string;
  readonly by: { readonly kind: string; readonly id: string; readonly name: string | null } | null;
  readonly subject: { readonly kind: string; readonly id: string } | null;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
  /** A person's data was erased from it. */
  readonly erased: boolean;
  readonly origin: { readonly ip?: string | null; readonly userAgent?: string | null } | null;
}

export interface AuditFilter {
  readonly action?: string | undefined;
  readonly by?: string | undefined;
  /** ISO moments. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface Verification {
  readonly entries: number;
  readonly intact: boolean;
  readonly brokenAt?: number;
}

export function listAudit(
  filter: AuditFilter,
  cursor: string | undefined,
  signal?: AbortSignal,
): Promise<Page<AuditEntry>> {
  return request(`/v1/audit?${queryOf({ ...filter, cursor })}`, { signal });
}

/** Where the record is as a file. */
export function auditExportUrl(format: 'csv' | 'json', filter: AuditFilter): string {
  return `/v1/audit/export?${queryOf({ ...filter, format })}`;
}

export function verifyAudit(): Promise<Verification> {
  return request('/v1/audit/verify');
}

function queryOf(values: Readonly<Record<string, string | undefined>>): URLSearchParams {
  const given = Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return new URLSearchParams(given);
}
