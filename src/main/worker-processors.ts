import { AppError } from '#kernel/errors.ts';
import { closest } from '#kernel/spelling.ts';

/**
 * The processors whose jobs a worker takes.
 *
 * @param patterns names, and `image.*` for all of a kind; undefined: all
 * @param known names of every processor there is
 * @returns undefined when there is no choice
 * @throws AppError CONFIG_INVALID for a pattern that stands for none
 */
export function chosenProcessors(
  patterns: readonly string[] | undefined,
  known: readonly string[],
): readonly string[] | undefined {
  if (patterns === undefined) return undefined;
  const chosen = patterns.map((pattern) => [pattern, known.filter((name) => matches(name, pattern))] as const);
  const unknown = chosen.find(([, names]) => names.length === 0)?.[0];
  if (unknown === undefined) return [...new Set(chosen.flatMap(([, names]) => names))];
  const near = closest(unknown, known);
  const advice = near === undefined ? `There are: ${known.join(', ')}.` : `Did you mean ${near}?`;
  throw new AppError('CONFIG_INVALID', `ESTEIRA_WORKER_PROCESSORS: there is no processor ${unknown}. ${advice}`);
}

function matches(name: string, pattern: string): boolean {
  return pattern.endsWith('.*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
