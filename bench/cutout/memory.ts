import { globSync, readFileSync } from 'node:fs';

export interface MemoryPeak {
  /** Resident, summed over the processes: pages that they share count once for each. */
  readonly residentBytes: number;
  /** Pages that they share count once; taken when the resident sum was at its highest. */
  readonly proportionalBytes: number;
}

const intervalMs = 100;
/** Walking a gigabyte's page tables costs milliseconds: only for a peak that is one. */
const noteworthyBytes = 4 * 2 ** 20;

/** Watches a process and all its descendants. @returns what stops it and says how high they went */
export function watchMemory(pid: number): () => MemoryPeak {
  let peak: MemoryPeak = { residentBytes: 0, proportionalBytes: 0 };
  const look = (): void => {
    const pids = familyOf(pid);
    const residentBytes = sum(pids, (each) => kibibytesOf(`/proc/${each}/status`, 'VmRSS'));
    if (residentBytes < peak.residentBytes + noteworthyBytes) return;
    const proportionalBytes = sum(pids, (each) => kibibytesOf(`/proc/${each}/smaps_rollup`, 'Pss'));
    peak = { residentBytes, proportionalBytes: Math.max(proportionalBytes, peak.proportionalBytes) };
  };
  look();
  const timer = setInterval(look, intervalMs);
  return () => {
    clearInterval(timer);
    look();
    return peak;
  };
}

export function higher(one: MemoryPeak | undefined, other: MemoryPeak): MemoryPeak {
  return one !== undefined && one.residentBytes > other.residentBytes ? one : other;
}

function familyOf(pid: number): number[] {
  const children = globSync(`/proc/${pid}/task/*/children`).flatMap((path) => read(path).split(' ').filter(Boolean));
  return [pid, ...children.flatMap((child) => familyOf(Number(child)))];
}

function kibibytesOf(path: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(read(path))?.[1] ?? 0) * 1024;
}

/** Processes end while they are looked at. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function sum(pids: readonly number[], of: (pid: number) => number): number {
  return pids.reduce((total, pid) => total + of(pid), 0);
}
