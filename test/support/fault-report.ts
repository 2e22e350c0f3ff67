import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';

/** One row of the table of faults, as it was measured. */
export interface FaultRow {
  /** `F10` */
  readonly row: string;
  readonly fault: string;
  readonly measured: number;
  /** What is counted: `s`, `jobs`, `results`. */
  readonly unit: string;
  /** So much passes, at most or at least. */
  readonly threshold: { readonly atMost: number } | { readonly atLeast: number };
}

/** How much longer than the table says something may take on a machine that runs other tests as well. */
const slack = 4;

/**
 * Says what was measured, for the table that `npm run bench -- faults` prints.
 *
 * @throws AssertionError when it is too much or too little; of time only when it is so by far
 */
export function measured(row: FaultRow): void {
  const file = process.env['TEST_FAULT_REPORT'];
  if (file) appendFileSync(file, `${JSON.stringify(row)}\n`);
  const value = row.unit === 's' ? row.measured / slack : row.measured;
  assert.ok(passes({ ...row, measured: value }), JSON.stringify(row));
}

export function readFaultReport(file: string): FaultRow[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as FaultRow);
}

export function passes({ measured, threshold }: FaultRow): boolean {
  return 'atMost' in threshold ? measured <= threshold.atMost : measured >= threshold.atLeast;
}
