import { msg } from '@lingui/core/macro';

/** The limits of a plan, by the server's names of them. */
export const limitNames = {
  imagesPerMonth: msg`Pictures this month`,
  audioMinutesPerMonth: msg`Minutes of sound this month`,
  storedBytes: msg`Stored`,
  uploadBytes: msg`Largest upload`,
  requestsPerMinute: msg`Requests a minute`,
  jobsPerMinute: msg`Jobs a minute`,
  concurrentJobs: msg`Jobs at once`,
  retentionSeconds: msg`Results are kept for`,
  auditRetentionDays: msg`Days on record`,
} as const;

export type LimitName = keyof typeof limitNames;

export function isLimitName(name: string): name is LimitName {
  return Object.hasOwn(limitNames, name);
}
