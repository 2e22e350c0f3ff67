import type { LimitName } from '../usage/limit-names.ts';

/** A number of a plan, and in what people write it. */
export interface PlanField {
  readonly name: LimitName;
  /** How many of the plan's own units are one of the form's. */
  readonly unit: number;
  readonly unitName: '' | 'GB' | 'MB' | 'd';
}

export const planFields: readonly PlanField[] = [
  { name: 'imagesPerMonth', unit: 1, unitName: '' },
  { name: 'audioMinutesPerMonth', unit: 1, unitName: '' },
  { name: 'storedBytes', unit: 1_000_000_000, unitName: 'GB' },
  { name: 'uploadBytes', unit: 1_000_000, unitName: 'MB' },
  { name: 'requestsPerMinute', unit: 1, unitName: '' },
  { name: 'jobsPerMinute', unit: 1, unitName: '' },
  { name: 'concurrentJobs', unit: 1, unitName: '' },
  { name: 'retentionSeconds', unit: 86_400, unitName: 'd' },
  { name: 'auditRetentionDays', unit: 1, unitName: '' },
];

export function shownLimit({ unit, unitName }: PlanField, value: number | null, locale: string): string {
  if (value === null) return '∞';
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }).format(value / unit);
  return unitName === '' ? number : `${number}\u00a0${unitName}`;
}
