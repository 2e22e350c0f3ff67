/**
 * One period of a sound, kept several times with fewer and fewer harmonics, so that high notes do not alias.
 */
export interface Wavetable {
  /** The table for a note, `tableSize + 1` values. */
  at(hz: number): Float32Array;
}

export const tableSize = 2048;
const harmonicCounts = [96, 48, 24, 12, 6, 3];
const highestHz = 15_000;

const sine = Float64Array.from({ length: tableSize }, (_, i) => Math.sin((2 * Math.PI * i) / tableSize));

/** @param amplitude of harmonic n, from 1 */
export function createWavetable(amplitude: (harmonic: number) => number): Wavetable {
  const tables = harmonicCounts.map((count) => {
    const table = new Float32Array(tableSize + 1);
    for (let n = 1; n <= count; n += 1) {
      const level = amplitude(n);
      // Quadratic phases keep the crest low, as a room or a string does.
      const phase = Math.round((n * n * tableSize) / (2 * count));
      for (let i = 0; i <= tableSize; i += 1) {
        table[i] = (table[i] as number) + level * (sine[(n * i + phase) % tableSize] as number);
      }
    }
    return table;
  });
  return {
    at(hz) {
      const fitting = harmonicCounts.findIndex((count) => count * hz <= highestHz);
      return tables[fitting < 0 ? tables.length - 1 : fitting] as Float32Array;
    },
  };
}
