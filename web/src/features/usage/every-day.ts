import type { UsedDay } from '../../api/usage.ts';

const dayMs = 86_400_000;

/**
 * Days without any use as well, from the beginning of the month to today, in UTC.
 *
 * @param used those on which something was made
 */
export function everyDay(used: readonly UsedDay[], from: string, nowMs = Date.now()): readonly UsedDay[] {
  const known = new Map(used.map((day) => [day.date, day]));
  const first = Date.parse(from);
  const count = Math.max(1, Math.floor((nowMs - first) / dayMs) + 1);
  return Array.from({ length: count }, (_, at) => {
    const date = new Date(first + at * dayMs).toISOString().slice(0, 10);
    return known.get(date) ?? { date, images: 0, audioMinutes: 0, jobs: 0 };
  });
}
