import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { gibibyte, mebibyte } from '#kernel/units.ts';
import {
  firstState,
  type Observation,
  type Target,
  type TargetLimits,
  type TargetReason,
  type TargetState,
  targetChildren,
} from './target-children.ts';

const limits: TargetLimits = { min: 0, max: 4, childBytes: gibibyte, reserveBytes: gibibyte };
const idle: Observation = {
  atMs: 1_000,
  children: 0,
  busy: 0,
  waiting: 0,
  oldestSeconds: 0,
  freeMemoryBytes: 32 * gibibyte,
  cpuPressure: 0,
};
const calm: TargetState = { ...firstState, peakAtMs: 1_000 };

describe('how many children there should be', () => {
  const cases: [string, Partial<Observation>, Partial<TargetState>, Partial<TargetLimits>, number, TargetReason][] = [
    ['nothing to do', {}, {}, {}, 1, 'minimum'],
    ['nothing to do, but some stay', {}, {}, { min: 3 }, 3, 'minimum'],
    ['as many as have work', { children: 2, busy: 2, waiting: 1 }, {}, {}, 3, 'demand'],
    ['no more than there may be', { children: 4, busy: 4, waiting: 9 }, {}, {}, 4, 'demand'],
    ['whoever waits long wants all', { children: 1, busy: 1, waiting: 1, oldestSeconds: 11 }, {}, {}, 4, 'demand'],
    ['an old job that does not wait for a child', { children: 1, busy: 1, oldestSeconds: 99 }, {}, {}, 1, 'demand'],
    ['those of a moment ago stay', { children: 3 }, { peak: 3 }, {}, 3, 'demand'],
    ['one fewer after calm', { children: 3, atMs: 301_001 }, { peak: 3 }, {}, 2, 'demand'],
    ['memory for one more', { children: 1, busy: 1, waiting: 8, freeMemoryBytes: 2.5 * gibibyte }, {}, {}, 2, 'memory'],
    ['memory for no more', { children: 2, busy: 2, waiting: 8, freeMemoryBytes: 1.5 * gibibyte }, {}, {}, 2, 'memory'],
    ['memory is short', { children: 3, busy: 3, waiting: 8, freeMemoryBytes: 0.5 * gibibyte }, {}, {}, 2, 'memory'],
    ['the last one works on', { children: 1, busy: 1, freeMemoryBytes: 0 }, {}, {}, 1, 'demand'],
    ['so do those that stay', { children: 3, freeMemoryBytes: 0 }, {}, { min: 3 }, 3, 'minimum'],
    [
      'what was short must be plenty',
      { children: 2, busy: 2, waiting: 8, freeMemoryBytes: 2.9 * gibibyte },
      { memoryShort: true },
      {},
      2,
      'memory',
    ],
    [
      'and is plenty',
      { children: 2, busy: 2, waiting: 8, freeMemoryBytes: 3 * gibibyte },
      { memoryShort: true },
      {},
      4,
      'demand',
    ],
    ['no more beside a CPU without time', { children: 2, busy: 2, waiting: 8, cpuPressure: 0.95 }, {}, {}, 2, 'cpu'],
    ['a busy CPU is what it is for', { children: 2, busy: 2, waiting: 8, cpuPressure: 0.85 }, {}, {}, 4, 'demand'],
    [
      'until it has time again',
      { children: 2, busy: 2, waiting: 8, cpuPressure: 0.85 },
      { cpuShort: true },
      {},
      2,
      'cpu',
    ],
    ['the first one starts on any CPU', { waiting: 2, cpuPressure: 1 }, {}, {}, 1, 'cpu'],
  ];
  for (const [name, observation, state, own, children, reason] of cases) {
    test(name, () => {
      const target = targetChildren({ ...idle, ...observation }, { ...limits, ...own }, { ...calm, ...state });
      assert.deepEqual([target.children, target.reason], [children, reason]);
    });
  }
});

const bytes = fc.integer({ min: 0, max: 64 }).map((halves) => (halves * gibibyte) / 2);
const count = fc.integer({ min: 0, max: 12 });
const anyObservation: fc.Arbitrary<Observation> = fc.record({
  atMs: fc.integer({ min: 0, max: 10_000_000 }),
  children: count,
  busy: count,
  waiting: count,
  oldestSeconds: fc.integer({ min: 0, max: 30 }),
  freeMemoryBytes: bytes,
  cpuPressure: fc.double({ min: 0, max: 1, noNaN: true }),
});
const anyLimits: fc.Arbitrary<TargetLimits> = fc.record({
  min: fc.integer({ min: 0, max: 8 }),
  max: fc.integer({ min: 1, max: 8 }),
  childBytes: fc.integer({ min: 1, max: 8 }).map((parts) => parts * 512 * mebibyte),
  reserveBytes: bytes,
});
const anyState: fc.Arbitrary<TargetState> = fc.record({
  peak: count,
  peakAtMs: fc.integer({ min: 0, max: 10_000_000 }),
  memoryShort: fc.boolean(),
  cpuShort: fc.boolean(),
});

describe('whatever is observed', () => {
  test('never below the minimum or 1, never above the maximum, always whole', () => {
    fc.assert(
      fc.property(anyObservation, anyLimits, anyState, (observation, own, state) => {
        const { children } = targetChildren(observation, own, state);
        assert.ok(Number.isInteger(children));
        assert.ok(children <= own.max && children >= Math.min(own.max, Math.max(1, own.min)), `${children}`);
      }),
    );
  });

  test('more free memory never means fewer', () => {
    fc.assert(
      fc.property(anyObservation, anyLimits, anyState, bytes, (observation, own, state, more) => {
        const free = observation.freeMemoryBytes + more;
        const [less, rich] = [observation, { ...observation, freeMemoryBytes: free }].map(
          (each) => targetChildren(each, own, state).children,
        );
        assert.ok((rich ?? 0) >= (less ?? 0));
      }),
    );
  });

  test('what stays as it is leads somewhere and stays there, without going to and fro', () => {
    fc.assert(
      fc.property(anyObservation, anyLimits, anyState, (observation, own, anyOther) => {
        // No look lies ahead of the clock.
        const state = { ...anyOther, peakAtMs: Math.min(anyOther.peakAtMs, observation.atMs) };
        const targets = Array.from({ length: 40 }).reduce<Target[]>((before) => {
          const atMs = observation.atMs + before.length * 400_000;
          return [...before, targetChildren({ ...observation, atMs }, own, before.at(-1)?.state ?? state)];
        }, []);
        const numbers = targets.map(({ children }) => children);
        assert.deepEqual(
          numbers,
          numbers.toSorted((a, b) => b - a),
        );
        assert.equal(new Set(numbers.slice(20)).size, 1);
      }),
    );
  });

  test('children that follow the target, and take the memory they take, come to rest', () => {
    fc.assert(
      fc.property(anyObservation, anyLimits, bytes, (observation, own, hostBytes) => {
        let [state, children] = [firstState, 0];
        const seen: number[] = [];
        for (let look = 0; look < 60; look++) {
          const freeMemoryBytes = Math.max(0, hostBytes - children * own.childBytes);
          const now = { ...observation, atMs: look * 400_000, children, busy: 0, freeMemoryBytes };
          const target = targetChildren(now, own, state);
          state = target.state;
          // As in the sandbox: nothing is started that nobody waits for.
          children = Math.min(target.children, Math.max(children, observation.waiting));
          seen.push(children);
        }
        assert.equal(new Set(seen.slice(30)).size, 1, seen.join());
      }),
    );
  });
});
