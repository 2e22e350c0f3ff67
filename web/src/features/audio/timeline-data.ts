import type { Analysis } from '../../api/audio.ts';

type Series = Analysis['series'];
type Level = number | null;

/** A stretch of a series in numbers, for a table. */
export interface Stretch {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly momentaryLufs: Level;
  readonly shortTermLufs: Level;
  readonly truePeakDbtp: Level;
  readonly correlation: number | null;
  readonly bandsDb: readonly Level[];
}

const lengths = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600];
const maxStretches = 60;

/** The highest of each stretch of a round length, sixty at most; the lowest of the correlation, which is its worst. */
export function stretchesOf(series: Series, durationSeconds: number): readonly Stretch[] {
  const length = lengths.find((seconds) => durationSeconds / seconds <= maxStretches) ?? durationSeconds / maxStretches;
  const count = Math.ceil(durationSeconds / length);
  return Array.from({ length: count }, (_, at) => {
    const startSeconds = at * length;
    const endSeconds = Math.min(durationSeconds, startSeconds + length);
    const from = Math.floor(startSeconds / series.stepSeconds);
    const to = Math.max(from + 1, Math.floor(endSeconds / series.stepSeconds));
    const highest = (values: readonly Level[]): Level => extreme(values.slice(from, to), Math.max);
    return {
      startSeconds,
      endSeconds,
      momentaryLufs: highest(series.momentaryLufs),
      shortTermLufs: highest(series.shortTermLufs),
      truePeakDbtp: highest(series.truePeakDbtp),
      correlation: extreme(series.correlation.slice(from, to), Math.min),
      bandsDb: series.bandsDb.map(highest),
    };
  });
}

function extreme(values: readonly Level[], of: (...values: number[]) => number): Level {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : of(...known);
}

/** The value that holds at a time. */
export function valueAt(values: readonly Level[], stepSeconds: number, seconds: number): Level {
  return values[Math.min(values.length - 1, Math.max(0, Math.floor(seconds / stepSeconds)))] ?? null;
}

/** The times of a series' points. */
export function timesOf({ stepSeconds, momentaryLufs }: Series): readonly number[] {
  return momentaryLufs.map((_, at) => at * stepSeconds);
}

/** The range that a chart of loudness shows, in tens: from the quiet parts to just above full scale. */
export function loudnessRange({ shortTermLufs, truePeakDbtp }: Series): readonly [from: number, to: number] {
  const quiet = shortTermLufs.filter((value) => value !== null).sort((a, b) => a - b);
  const low = quiet[Math.floor(quiet.length * 0.05)] ?? -40;
  const peak = Math.max(0, ...truePeakDbtp.map((value) => value ?? Number.NEGATIVE_INFINITY));
  return [Math.max(-70, Math.min(-30, Math.floor((low - 3) / 10) * 10)), Math.ceil(peak) + 2];
}

/** Where time marks stand: round, after the start, and no more than there is room for. */
export function timeTicks(durationSeconds: number, most: number): readonly number[] {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600];
  const step = steps.find((seconds) => durationSeconds / seconds <= most) ?? 7_200;
  const all = Array.from({ length: Math.floor(durationSeconds / step) }, (_, at) => (at + 1) * step);
  // One at the very end would be cut off.
  return all.filter((seconds) => seconds < durationSeconds * 0.98);
}
