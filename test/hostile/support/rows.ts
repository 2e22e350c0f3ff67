import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** The parts of this project's list of hostile input: first and last number of each. */
export const hostileGroups = {
  bombs: [1, 11],
  malformed: [12, 28],
  confusion: [29, 42],
  names: [43, 56],
  'tus-http': [57, 78],
  access: [79, 97],
  ssrf: [98, 110],
  archives: [111, 117],
  resources: [118, 123],
} as const;

export type HostileGroup = keyof typeof hostileGroups;

export function rowsOf(group: HostileGroup): number[] {
  const [first, last] = hostileGroups[group];
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

export const allRows: readonly number[] = Object.keys(hostileGroups).flatMap((group) => rowsOf(group as HostileGroup));

/** Says that a row was refused as it should; test/run.ts counts them. */
export function reportRow(row: number): void {
  const file = process.env['TEST_HOSTILE_REPORT'];
  if (file) appendFileSync(file, `${row}\n`);
}

/** @returns the rows that were refused as they should, by what was reported to a file */
export function readRows(file: string): number[] {
  if (!existsSync(file)) return [];
  return [...new Set(readFileSync(file, 'utf8').split('\n').filter(Boolean).map(Number))];
}
