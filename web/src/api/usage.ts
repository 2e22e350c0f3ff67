import { request } from './client.ts';

/** What a workspace may use; null: as much as the server can. */
export interface Plan {
  readonly id: string;
  readonly name: string;
  readonly requestsPerMinute: number | null;
  readonly jobsPerMinute: number | null;
  readonly concurrentJobs: number | null;
  readonly storedBytes: number | null;
  readonly uploadBytes: number | null;
  readonly imagesPerMonth: number | null;
  readonly audioMinutesPerMonth: number | null;
  readonly retentionSeconds: number | null;
  readonly auditRetentionDays: number | null;
}

export interface Usage {
  readonly plan: Pick<Plan, 'id' | 'name'>;
  readonly status: 'active' | 'suspended';
  readonly period: { readonly from: string; readonly to: string };
  readonly limits: readonly UsedLimit[];
  readonly days: readonly UsedDay[];
}

export interface UsedLimit {
  /** Of the plan: `imagesPerMonth`. */
  readonly name: string;
  readonly used: number;
  readonly allowed: number | null;
  readonly resetsAt: string | null;
}

export interface UsedDay {
  /** `2026-11-21` */
  readonly date: string;
  readonly images: number;
  readonly audioMinutes: number;
  readonly jobs: number;
}

export function getUsage(signal?: AbortSignal): Promise<Usage> {
  return request('/v1/usage', { signal });
}
