import type { Processor } from '#processors/contract.ts';

/**
 * Which processors may start which programs.
 *
 * @param found name → absolute path, of this machine
 * @returns only those that have something to start: the right to start programs comes with it
 */
export function programsOf(
  processors: readonly Processor[],
  found: Readonly<Record<string, string>>,
): ReadonlyMap<string, Readonly<Record<string, string>>> {
  return new Map(
    processors.flatMap(({ name, programs = [] }) => {
      const own = Object.fromEntries(Object.entries(found).filter(([program]) => programs.includes(program)));
      return Object.keys(own).length === 0 ? [] : [[name, own]];
    }),
  );
}
