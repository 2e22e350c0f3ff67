import type { MediaInfo, NeededResult, ProcessorOutput } from '#processors/contract.ts';
import type { TargetReason } from './target-children.ts';

/**
 * Runs processors in child processes that can be killed.
 *
 * Native code blocks, leaks and crashes; here it harms its own job only. Files cross the boundary, never buffers.
 */
export interface Sandbox {
  /**
   * Runs one job to its end.
   *
   * Waits its turn when the estimated memory is not free (bounded line), then runs in a warm child of its family.
   * The child is killed when `deadlineMs` passes, when it outgrows the memory limit or when `signal` aborts.
   *
   * @throws AppError JOB_DEADLINE, JOB_MEMORY_LIMIT, WORKER_CRASHED, WORKER_BAD_OUTPUT, JOB_CANCELLED (signal),
   *   OVERLOADED (line full), SHUTTING_DOWN, or whatever AppError the processor threw
   */
  run(request: SandboxRequest): Promise<readonly ProcessorOutput[]>;

  /** Starts and warms a child for this processor, if there is room. */
  warm(processor: string): Promise<void>;

  stats(): SandboxStats;

  /**
   * How many children of each kind there may be from now on. Those above it end when they have been idle for so long,
   * the least used first, never while they work.
   */
  scale(targets: ChildTargets): void;

  /** Kills every child; running jobs end with SHUTTING_DOWN. */
  close(): Promise<void>;
}

export interface SandboxRequest {
  readonly processor: string;
  readonly params: unknown;
  readonly inputs: readonly (MediaInfo & { readonly path: string })[];
  /** What the processor's `needs` asked for. */
  readonly needed: readonly NeededResult[];
  /** Exists, empty, and is removed by the caller. */
  readonly scratchDir: string;
  readonly deadlineMs: number;
  readonly memoryBytes: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (fraction: number) => void;
  /** Called when the job really starts in a child, after waiting its turn. */
  readonly onStart?: () => void;
}

/** `light`: the shared ones; `own`: those of one processor, with its model. */
export const childKinds = ['own', 'light'] as const;
export type ChildKind = (typeof childKinds)[number];

export type ChildTargets = Readonly<Record<ChildKind, ChildTarget>>;

export interface ChildTarget {
  readonly children: number;
  /** What bounds it. */
  readonly reason: TargetReason;
  readonly idleMs: number;
}

export interface KindStats {
  readonly children: number;
  readonly busy: number;
  /** Of the largest child. */
  readonly rssBytes: number;
  readonly waiting: number;
  readonly oldestWaitSeconds: number;
  readonly target: ChildTarget;
}

export interface SandboxStats {
  readonly kinds: Readonly<Record<ChildKind, KindStats>>;
  readonly children: readonly {
    readonly pid: number;
    /** The processor whose child it is, or `light` for the shared ones. */
    readonly family: string;
    readonly busy: boolean;
    readonly jobsDone: number;
    readonly rssBytes: number;
  }[];
  readonly waiting: number;
  readonly crashes: number;
  readonly deadlineKills: number;
  readonly memoryKills: number;
}
