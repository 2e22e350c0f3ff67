import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, freemem, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';

/** What this process may use: in a container less than the host has. */
export interface Machine {
  /** At least a fraction of one: a quota of CPU time is rarely a whole number of cores. */
  readonly cores: number;
  readonly memoryBytes: number;
}

/** How it is at this moment. */
export interface MachineLoad {
  /** What can be taken before the system, or the container's limit, takes it back. */
  readonly freeMemoryBytes: number;
  /** 0…1: the share of the last seconds in which work that could run waited for a core. */
  readonly cpuPressure: number;
}

/** What a machine says without control groups; and where those are. Tests have their own. */
export interface MachineSource {
  readonly cgroupRoot: string;
  /** Which groups this process is in. */
  readonly selfCgroup: string;
  /** Of the whole host. */
  readonly pressureFile: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly freeMemoryBytes: () => number;
  readonly loadAverage: () => number;
}

const thisHost: MachineSource = {
  cgroupRoot: '/sys/fs/cgroup',
  selfCgroup: '/proc/self/cgroup',
  pressureFile: '/proc/pressure/cpu',
  // Already fewer than there are where the affinity or a quota of whole cores says so.
  cores: availableParallelism(),
  memoryBytes: totalmem(),
  // macOS keeps nothing free and takes what it needs from its caches: its number says nothing.
  freeMemoryBytes: () => (process.platform === 'darwin' ? Number.POSITIVE_INFINITY : freemem()),
  loadAverage: () => loadavg()[0] ?? 0,
};

/**
 * Limits of the container, or of the service's control group, else of the host.
 *
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html and …/cgroup-v1/
 */
export function thisMachine(source: MachineSource = thisHost): Machine {
  const { cpu, memory } = controlGroups(source);
  const quota = smallest(cpu.map(cpuQuota));
  return {
    cores: coresOf(source.cores, quota),
    memoryBytes: Math.min(source.memoryBytes, smallest(memory.map(memoryLimit))),
  };
}

/** Small files of the kernel's own, read at once. */
export function machineLoad(source: MachineSource = thisHost): MachineLoad {
  const { cpu, memory } = controlGroups(source);
  const free = memory.map((dir) => memoryLimit(dir) - workingSet(dir));
  return {
    freeMemoryBytes: Math.max(0, Math.min(source.freeMemoryBytes(), smallest(free))),
    cpuPressure: pressureIn(join(cpu[0] ?? '', 'cpu.pressure')) ?? pressureIn(source.pressureFile) ?? byLoad(source),
  };
}

/**
 * The folders that hold this process's limits, its own first, then those above it: each of them counts. In a container
 * the path may be the host's, of which only the root is seen.
 */
function controlGroups({ cgroupRoot, selfCgroup }: MachineSource): {
  readonly cpu: string[];
  readonly memory: string[];
} {
  const lines = (textOf(selfCgroup) ?? '').split('\n').map((line) => line.split(':'));
  const pathOf = (controller: string) =>
    lines
      .find(([, controllers]) => controllers?.split(',').includes(controller))
      ?.slice(2)
      .join(':') ?? '/';
  if (existsSync(join(cgroupRoot, 'cgroup.controllers'))) {
    const own = upwards(cgroupRoot, pathOf(''));
    return { cpu: own, memory: own };
  }
  const ofVersion1 = (controller: string) => upwards(join(cgroupRoot, controller), pathOf(controller));
  return { cpu: ofVersion1('cpu'), memory: ofVersion1('memory') };
}

function upwards(root: string, path: string): string[] {
  const names = path.split('/').filter((name) => name !== '' && name !== '..');
  return names
    .map((_name, at) => join(root, ...names.slice(0, names.length - at)))
    .concat(root)
    .filter(existsSync);
}

/** In cores. */
function cpuQuota(dir: string): number | undefined {
  const [quota, period] = textOf(join(dir, 'cpu.max'))?.split(' ') ?? [
    textOf(join(dir, 'cpu.cfs_quota_us')),
    textOf(join(dir, 'cpu.cfs_period_us')),
  ];
  const cores = Number(quota) / Number(period);
  return cores > 0 ? cores : undefined; // "max" and −1 are none
}

function memoryLimit(dir: string): number {
  const limit = Number(textOf(join(dir, 'memory.max')) ?? textOf(join(dir, 'memory.limit_in_bytes')));
  return limit > 0 ? limit : Number.POSITIVE_INFINITY; // "max" is none, and so is what version 1 has for it: 2⁶³
}

/** What is in use and would not be given back at once: files that were read or written lately are no need. */
function workingSet(dir: string): number {
  const used = Number(textOf(join(dir, 'memory.current')) ?? textOf(join(dir, 'memory.usage_in_bytes')) ?? 0);
  const stat = textOf(join(dir, 'memory.stat')) ?? '';
  const cached = /^total_inactive_file (\d+)$/m.exec(stat) ?? /^inactive_file (\d+)$/m.exec(stat);
  return Math.max(0, used - Number(cached?.[1] ?? 0));
}

/** @see https://docs.kernel.org/accounting/psi.html */
function pressureIn(path: string): number | undefined {
  const percent = /^some avg10=([\d.]+)/m.exec(textOf(path) ?? '')?.[1];
  return percent === undefined ? undefined : Math.min(1, Number(percent) / 100);
}

/** Where the kernel does not say: of all that wanted to run, the share for which there was no core. */
function byLoad({ cores, loadAverage }: MachineSource): number {
  const load = loadAverage();
  return load > cores ? (load - cores) / load : 0;
}

/** The quota itself where the system has rounded it to whole cores already. */
function coresOf(known: number, quota: number): number {
  if (quota === Number.POSITIVE_INFINITY) return known;
  return known === Math.max(1, Math.floor(quota)) ? quota : Math.min(known, quota);
}

function smallest(values: readonly (number | undefined)[]): number {
  return Math.min(Number.POSITIVE_INFINITY, ...values.map((value) => value ?? Number.POSITIVE_INFINITY));
}

/** Undefined where there is no such file, or the kernel does not answer. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1').trim();
  } catch {
    return undefined;
  }
}
