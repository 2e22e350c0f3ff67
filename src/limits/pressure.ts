import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ShedReason } from './limit-metrics.ts';

/** Whether this process, or the line, has more than it can manage. */
export interface Pressure {
  /** Why requests are refused now; `queue` speaks of new work alone. */
  readonly reason: ShedReason | undefined;
  close(): void;
}

export interface PressureSources {
  /** What the container, or the machine, gives to all processes in it. */
  readonly memoryBytes: number;
  readonly residentBytes: () => number;
  readonly freeBytes: () => number;
  /** How long the job that waits longest has waited; undefined: whatever waits, work is taken. */
  readonly oldestInLineSeconds?: (() => Promise<number>) | undefined;
  readonly maxQueueAgeSeconds: number;
}

const windowMs = 1_000;
const resolutionMs = 20;
const maxMeanDelayMs = 400;
/** So many windows on end, so that a pause (start, garbage collection, a busy neighbour) refuses nobody. */
const patienceWindows = 3;
/** This process alone; children end by limits of their own. */
const maxMemoryShare = 0.85;
/** Less than this is left for everybody: the next that asks for memory may end us all. */
const minFreeShare = 0.02;
const maxMinFreeBytes = 128 * 1024 * 1024;
const lineEveryWindows = 5;

/** Looks once a second; asks for the line every five. */
export function watchPressure(sources: PressureSources): Pressure {
  const { memoryBytes, residentBytes, freeBytes, oldestInLineSeconds, maxQueueAgeSeconds } = sources;
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  const minFreeBytes = Math.min(maxMinFreeBytes, memoryBytes * minFreeShare);
  const windows = { loop: 0, memory: 0, all: 0 };
  let lineIsOld = false;

  function look(): void {
    const isLate = delay.count > 0 && delay.mean / 1e6 - resolutionMs > maxMeanDelayMs;
    delay.reset();
    const isFull = residentBytes() > memoryBytes * maxMemoryShare || freeBytes() < minFreeBytes;
    windows.loop = isLate ? windows.loop + 1 : 0;
    windows.memory = isFull ? windows.memory + 1 : 0;
    if (windows.all++ % lineEveryWindows === 0) void lookAtLine();
  }
  async function lookAtLine(): Promise<void> {
    // A line that cannot be read says nothing; what is asked of the database then says enough.
    const seconds = await oldestInLineSeconds?.().catch(() => 0);
    lineIsOld = seconds !== undefined && maxQueueAgeSeconds > 0 && seconds > maxQueueAgeSeconds;
  }

  const timer = setInterval(look, windowMs).unref();
  return {
    get reason() {
      if (windows.loop >= patienceWindows) return 'event-loop';
      if (windows.memory >= patienceWindows) return 'memory';
      return lineIsOld ? 'queue' : undefined;
    },
    close() {
      clearInterval(timer);
      delay.disable();
    },
  };
}
