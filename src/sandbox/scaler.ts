import type { MachineLoad } from '#kernel/machine.ts';
import { gibibyte, mebibyte } from '#kernel/units.ts';
import type { ChildKind, ChildTarget, ChildTargets, Sandbox } from './sandbox.ts';
import { firstState, type TargetState, targetChildren } from './target-children.ts';

export interface ScalerLimits {
  /** Children with a model that stay, and most that there may be of each kind. */
  readonly min: number;
  readonly max: number;
  readonly maxLight: number;
  /** Of the machine, or the container. */
  readonly memoryBytes: number;
}

export interface Scaler {
  /**
   * Looks at the sandbox and says how many children it may have.
   *
   * @param oldestInLineSeconds of the jobs that wait where this process does not see them
   */
  step(load: MachineLoad, oldestInLineSeconds: number): ChildTargets;
}

/** What a child takes at first, until one is seen that takes more. */
const firstChildBytes: Readonly<Record<ChildKind, number>> = { own: 512 * mebibyte, light: 128 * mebibyte };
/** A model that is loaded is worth keeping for a moment, unless memory is short. */
const restMs = 60_000;
const shortRestMs = 1_000;

/** Keeps the number of children to what `targetChildren` says, for each kind by itself. */
export function createScaler(
  sandbox: Pick<Sandbox, 'stats' | 'scale'>,
  { min, max, maxLight, memoryBytes }: ScalerLimits,
  nowMs: () => number = () => performance.now(),
): Scaler {
  const states: Record<ChildKind, TargetState> = { own: firstState, light: firstState };
  // For everybody else on the machine, and for what the server itself takes meanwhile.
  const reserveBytes = Math.min(gibibyte, Math.max(128 * mebibyte, memoryBytes * 0.05));
  const bounds = { own: { min, max }, light: { min: 0, max: maxLight } };

  function targetOf(kind: ChildKind, load: MachineLoad, oldestInLineSeconds: number): ChildTarget {
    const stats = sandbox.stats().kinds[kind];
    const { children, reason, state } = targetChildren(
      {
        atMs: nowMs(),
        children: stats.children,
        busy: stats.busy,
        waiting: stats.waiting,
        oldestSeconds: Math.max(stats.oldestWaitSeconds, oldestInLineSeconds),
        freeMemoryBytes: load.freeMemoryBytes,
        // Light work has one thread for each child, and is done soon: the system shares the cores well enough.
        cpuPressure: kind === 'own' ? load.cpuPressure : 0,
      },
      { ...bounds[kind], reserveBytes, childBytes: Math.max(firstChildBytes[kind], stats.rssBytes) },
      states[kind],
    );
    states[kind] = state;
    return { children, reason, idleMs: state.memoryShort ? shortRestMs : restMs };
  }

  return {
    step(load, oldestInLineSeconds) {
      const targets: ChildTargets = {
        own: targetOf('own', load, oldestInLineSeconds),
        light: targetOf('light', load, oldestInLineSeconds),
      };
      sandbox.scale(targets);
      return targets;
    },
  };
}
