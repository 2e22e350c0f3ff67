import { randomFrom } from '../../../support/random.ts';

/** Chance that comes again with the same seed. */
export interface Dice {
  /** 0 ≤ x < 1. */
  next(): number;
  /** A whole number below `count`. */
  below(count: number): number;
  pick<T>(from: readonly T[]): T;
  /** @param share of the times, 0 to 1 */
  chance(share: number): boolean;
}

export function createDice(seed: number): Dice {
  const next = randomFrom(seed);
  const below = (count: number) => Math.floor(next() * count);
  return {
    next,
    below,
    pick(from) {
      if (from.length === 0) throw new Error('There is nothing to pick from.');
      return from[below(from.length)] as (typeof from)[number];
    },
    chance: (share) => next() < share,
  };
}
