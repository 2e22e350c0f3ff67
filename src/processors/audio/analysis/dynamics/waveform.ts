import type { Waveform } from '../analysis.ts';
import { hopsPerSecond } from '../hops.ts';

/** The finest step is this part of a hop: 1.25 ms. */
export const stepsPerHop = 8;
const mostSteps = 1_600;

/** Lowest and highest sample of each step. The step begins fine and doubles whenever there are too many. */
export function createWaveform() {
  const low: number[] = [];
  const high: number[] = [];
  /** What a step holds, in the finest steps. */
  let width = 1;
  /** What the last step holds already. */
  let filled = 1;

  function merge(): void {
    for (let i = 0; i < mostSteps / 2; i++) {
      low[i] = Math.min(low[2 * i] ?? 0, low[2 * i + 1] ?? 0);
      high[i] = Math.max(high[2 * i] ?? 0, high[2 * i + 1] ?? 0);
    }
    low.length = mostSteps / 2;
    high.length = mostSteps / 2;
    width *= 2;
    filled = width;
  }

  return {
    /** Steps are shorter than a hop. */
    isFine: () => width < stepsPerHop,
    /** @param steps what is added, in the finest steps: one, or a whole hop when steps are no shorter */
    add(lowest: number, highest: number, steps: number): void {
      if (filled === width) {
        if (low.length === mostSteps) merge();
        low.push(lowest);
        high.push(highest);
        filled = steps;
      } else {
        const last = low.length - 1;
        low[last] = Math.min(low[last] ?? 0, lowest);
        high[last] = Math.max(high[last] ?? 0, highest);
        filled += steps;
      }
    },
    result: (): Waveform => ({ stepSeconds: width / (stepsPerHop * hopsPerSecond), low, high }),
  };
}
