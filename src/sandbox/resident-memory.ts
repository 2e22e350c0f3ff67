import { readFileSync } from 'node:fs';

/**
 * Resident memory of another process, from the kernel: right even while that process is stuck.
 *
 * @returns bytes, or undefined when the process is gone or this is not Linux
 * @see proc_pid_status(5)
 */
export function residentBytes(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  } catch {
    return undefined;
  }
}
