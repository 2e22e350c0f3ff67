/** How it is with the children of one kind, and with the machine. */
export interface Observation {
  /** Monotonic. */
  readonly atMs: number;
  /** Alive, those that start among them. */
  readonly children: number;
  readonly busy: number;
  /** Jobs that wait for a child. */
  readonly waiting: number;
  /** How long the oldest job waits, here or in the line. */
  readonly oldestSeconds: number;
  readonly freeMemoryBytes: number;
  /** 0…1: the share of time in which work that could run waited for a core. */
  readonly cpuPressure: number;
}

export interface TargetLimits {
  /** Children that stay. */
  readonly min: number;
  /** At least 1. */
  readonly max: number;
  /** Memory that one more child is expected to take. */
  readonly childBytes: number;
  /** Memory that is left to everybody else: below it children end. */
  readonly reserveBytes: number;
}

/** What bounds the number: for metrics and the log. */
export const targetReasons = ['demand', 'minimum', 'maximum', 'memory', 'cpu'] as const;
export type TargetReason = (typeof targetReasons)[number];

/** What is remembered from one look to the next. */
export interface TargetState {
  /** The most that were wanted lately, and when that was. */
  readonly peak: number;
  readonly peakAtMs: number;
  /** Memory, or the CPU, was short, and has not become plenty since. */
  readonly memoryShort: boolean;
  readonly cpuShort: boolean;
}

export interface Target {
  readonly children: number;
  readonly reason: TargetReason;
  readonly state: TargetState;
}

export const firstState: TargetState = { peak: 0, peakAtMs: 0, memoryShort: false, cpuShort: false };

/** So long more children than are needed now are kept for the next ones who come. */
const calmMs = 5 * 60_000;
/** Whoever waits so long wants all that there may be: more of them wait where nobody here sees them. */
const longWaitSeconds = 10;
/** Above the first, one more child would only take time from those there are; below the second it gets its own again. */
const cpuShortAbove = 0.9;
const cpuPlentyBelow = 0.7;

/**
 * How many children of one kind there should be: as many as have had work lately, fewer when memory is short, no more
 * than there are when memory or the CPU is. Never below the minimum or 1, never above the maximum.
 *
 * What is short stays so until there is plenty: for memory, room for two more children, of which one may have been ended
 * for its sake. So nothing is started only to be ended again.
 */
export function targetChildren(observation: Observation, limits: TargetLimits, before: TargetState): Target {
  const state = remembered(observation, limits, before);
  const least = Math.min(limits.max, Math.max(1, limits.min));
  const bounds: readonly (readonly [TargetReason, number])[] = [
    [state.peak < least ? 'minimum' : 'demand', Math.max(least, state.peak)],
    ['maximum', limits.max],
    ['memory', Math.max(least, byMemory(observation, limits, state))],
    ['cpu', Math.max(least, state.cpuShort ? observation.children : limits.max)],
  ];
  const [reason, children] = bounds.reduce((lowest, next) => (next[1] < lowest[1] ? next : lowest));
  return { children, reason, state };
}

function remembered(observation: Observation, limits: TargetLimits, before: TargetState): TargetState {
  const { atMs, freeMemoryBytes, cpuPressure } = observation;
  const { reserveBytes, childBytes } = limits;
  const wanted = demandOf(observation, limits);
  const calm = atMs - before.peakAtMs >= calmMs;
  return {
    peak: wanted >= before.peak ? wanted : calm ? Math.max(wanted, before.peak - 1) : before.peak,
    peakAtMs: wanted >= before.peak || calm ? atMs : before.peakAtMs,
    memoryShort: freeMemoryBytes < reserveBytes + (before.memoryShort ? 2 * childBytes : 0),
    cpuShort: cpuPressure > (before.cpuShort ? cpuPlentyBelow : cpuShortAbove),
  };
}

/** What could be used at once. */
function demandOf({ busy, waiting, oldestSeconds }: Observation, { max }: TargetLimits): number {
  return waiting > 0 && oldestSeconds > longWaitSeconds ? max : Math.min(max, busy + waiting);
}

function byMemory(
  { children, freeMemoryBytes }: Observation,
  { childBytes, reserveBytes }: TargetLimits,
  { memoryShort }: TargetState,
): number {
  if (freeMemoryBytes < reserveBytes) return children - 1;
  return memoryShort ? children : children + Math.floor((freeMemoryBytes - reserveBytes) / childBytes);
}
