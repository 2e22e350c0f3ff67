import type { Random } from '../random.ts';

/** A number for each point of the plane. */
export type Field = (x: number, y: number) => number;

const tileSize = 64;

/** Smooth noise, 0…1, with features of about one unit. */
export function noiseFrom(random: Random): Field {
  const tile = Float32Array.from({ length: tileSize * tileSize }, random);
  return (x, y) => {
    const column = Math.floor(x);
    const row = Math.floor(y);
    const right = smooth(x - column);
    const down = smooth(y - row);
    const left = column & (tileSize - 1);
    const next = (column + 1) & (tileSize - 1);
    const above = (row & (tileSize - 1)) * tileSize;
    const below = ((row + 1) & (tileSize - 1)) * tileSize;
    const upper = (tile[above + left] as number) * (1 - right) + (tile[above + next] as number) * right;
    const lower = (tile[below + left] as number) * (1 - right) + (tile[below + next] as number) * right;
    return upper * (1 - down) + lower * down;
  };
}

/** 0 to 1 with level ends; holds outside. */
export function smooth(fraction: number): number {
  const held = Math.min(1, Math.max(0, fraction));
  return held * held * (3 - 2 * held);
}
