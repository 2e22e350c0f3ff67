/**
 * What makes recordings equally loud: the louder ones are turned down to the quietest, and none is turned up, so that
 * nothing clips.
 *
 * @param integratedLufs of each; null for one that is silent, which is left as it is
 * @returns decibels, 0 or less, in the same order
 */
export function matchedGainsDb(integratedLufs: readonly (number | null)[]): readonly number[] {
  const known = integratedLufs.filter((lufs) => lufs !== null);
  const quietest = Math.min(...known);
  return integratedLufs.map((lufs) => (lufs === null ? 0 : Math.min(0, quietest - lufs)));
}

export function factorOf(db: number): number {
  return 10 ** (db / 20);
}
