import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { thisMachine } from '#kernel/machine.ts';

/** @param sorted rising @param share 0…1 */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

export function machineLine(): string {
  const { cores, memoryBytes } = thisMachine();
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  return `${model}, ${cores} cores, ${(memoryBytes / 1e9).toFixed(0)} GB, Node.js ${process.version}, ${process.platform}`;
}

export async function residentBytes(pid: number): Promise<number> {
  const [, kilobytes = ''] = /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1_024;
}

/** Linux counts in hundredths of a second. */
export async function cpuSecondsOf(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Rows of cells, the first being the head, in columns. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}
