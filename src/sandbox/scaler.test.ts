import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gibibyte, mebibyte } from '#kernel/units.ts';
import type { ChildKind, ChildTargets, KindStats, SandboxStats } from './sandbox.ts';
import { createScaler } from './scaler.ts';

const quiet: KindStats = {
  children: 0,
  busy: 0,
  rssBytes: 0,
  waiting: 0,
  oldestWaitSeconds: 0,
  target: { children: 4, reason: 'maximum', idleMs: 1 },
};
const plenty = { freeMemoryBytes: 16 * gibibyte, cpuPressure: 0 };

function scalerOf(kinds: Partial<Record<ChildKind, Partial<KindStats>>>) {
  let told: ChildTargets | undefined;
  const sandbox = {
    stats: () => ({ kinds: { own: { ...quiet, ...kinds.own }, light: { ...quiet, ...kinds.light } } }) as SandboxStats,
    scale: (targets: ChildTargets) => {
      told = targets;
    },
  };
  const scaler = createScaler(sandbox, { min: 0, max: 4, maxLight: 8, memoryBytes: 32 * gibibyte }, () => 1_000);
  const step = (load = plenty, oldestSeconds = 0) => {
    const targets = scaler.step(load, oldestSeconds);
    assert.equal(told, targets);
    return [targets.own.children, targets.own.reason, targets.light.children, targets.light.reason];
  };
  return { step, idleMs: () => told?.own.idleMs ?? 0 };
}

test('each kind has as many as its own work asks for', () => {
  const { step } = scalerOf({ own: { busy: 1, children: 1 }, light: { waiting: 9, busy: 2, children: 2 } });
  assert.deepEqual(step(), [1, 'demand', 8, 'demand']);
});

test('a long wait in the line counts as one here', () => {
  const { step } = scalerOf({ own: { busy: 1, children: 1, waiting: 1 } });
  assert.deepEqual(step(plenty, 30), [4, 'demand', 1, 'minimum']);
});

test('a CPU without time holds back those with a model, not the light ones', () => {
  const busy = { busy: 1, children: 1, waiting: 2 };
  const { step } = scalerOf({ own: busy, light: busy });
  assert.deepEqual(step({ ...plenty, cpuPressure: 0.95 }), [1, 'cpu', 3, 'demand']);
});

test('a child is expected to take what the largest takes; where memory is short, idle ones end sooner', () => {
  const busy = { busy: 1, children: 1, waiting: 3 };
  const { step, idleMs } = scalerOf({ own: { ...busy, rssBytes: 2 * gibibyte }, light: busy });
  // 1 GiB is left to others: of three, one more child of 2 GiB fits, and all light ones.
  assert.deepEqual(step({ ...plenty, freeMemoryBytes: 4 * gibibyte }), [2, 'memory', 4, 'demand']);
  const patientMs = idleMs();
  assert.deepEqual(step({ ...plenty, freeMemoryBytes: 512 * mebibyte }), [1, 'memory', 1, 'memory']);
  assert.ok(idleMs() < patientMs);
});
