import type { Selectable } from 'kysely';
import type { Database } from '#database/schema.ts';
import type { Plan } from './plan.ts';

export type PlanRow = Omit<Selectable<Database['plans']>, 'created_at' | 'updated_at'>;

export function planOf(row: PlanRow): Plan {
  return {
    id: row.id,
    name: row.name,
    requestsPerMinute: row.requests_per_minute,
    jobsPerMinute: row.jobs_per_minute,
    concurrentJobs: row.concurrent_jobs,
    storedBytes: row.stored_bytes,
    uploadBytes: row.upload_bytes,
    imagesPerMonth: row.images_per_month,
    audioMinutesPerMonth: row.audio_minutes_per_month,
    retentionSeconds: row.retention_seconds,
    auditRetentionDays: row.audit_retention_days,
  };
}

export function rowOf(plan: Plan): PlanRow {
  return {
    id: plan.id,
    name: plan.name,
    requests_per_minute: plan.requestsPerMinute,
    jobs_per_minute: plan.jobsPerMinute,
    concurrent_jobs: plan.concurrentJobs,
    stored_bytes: plan.storedBytes,
    upload_bytes: plan.uploadBytes,
    images_per_month: plan.imagesPerMonth,
    audio_minutes_per_month: plan.audioMinutesPerMonth,
    retention_seconds: plan.retentionSeconds,
    audit_retention_days: plan.auditRetentionDays,
  };
}

/** What `planOf` reads. */
export const planColumns = [
  'plans.id',
  'plans.name',
  'requests_per_minute',
  'jobs_per_minute',
  'concurrent_jobs',
  'stored_bytes',
  'upload_bytes',
  'images_per_month',
  'audio_minutes_per_month',
  'retention_seconds',
  'audit_retention_days',
] as const;
