import { readFileSync, writeFileSync } from 'node:fs';

/** Forgets what a process needed at most until now. */
export function resetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** @returns bytes of memory that a process needed at most since `resetPeak`, and needs now */
export function memoryOf(pid: number): { readonly peakBytes: number; readonly nowBytes: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN);
  return { peakBytes: kilobytes('VmHWM') * 1_024, nowBytes: kilobytes('VmRSS') * 1_024 };
}

/** @returns seconds of processor time that a process has used */
export function cpuSecondsOf(pid: number): number {
  // The name in brackets may have spaces.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
