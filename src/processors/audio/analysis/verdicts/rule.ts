import type { Comparison, Measured, Place, ServiceOutcome, Verdict } from '../analysis.ts';
import type { GenreName } from './balance-curve.ts';
import type { Target, TargetName } from './targets.ts';
import type { VerdictCode } from './verdict-titles.ts';
import type { Bilingual } from './words.ts';

/** All that a rule may look at. */
export interface Subject {
  readonly measured: Measured;
  readonly targetName: TargetName;
  readonly target: Target;
  readonly genre: GenreName;
  /** What the target does to this recording. */
  readonly outcome: ServiceOutcome;
  readonly comparison?: Comparison;
}

/** What one subject has to say: nothing, or some verdicts, good news among them. */
export type Rule = (subject: Subject) => readonly Verdict[];

interface Figures {
  readonly measured?: number | null;
  readonly target?: number | null;
  readonly unit?: string;
  readonly places?: readonly Place[];
}

/** More than these nobody listens through. */
const maxPlaces = 20;

export function verdict(
  code: VerdictCode,
  severity: Verdict['severity'],
  { measured = null, target = null, unit = '', places = [] }: Figures,
  text: Bilingual,
): Verdict {
  const bare = places.slice(0, maxPlaces).map(({ startSeconds, endSeconds }) => ({ startSeconds, endSeconds }));
  return { code, severity, measured: measured === null ? null : tenths(measured), target, unit, places: bare, text };
}

/** The places where `weight` is highest, in the order of time. */
export function worst<P extends Place>(places: readonly P[], weight: (place: P) => number): P[] {
  return places
    .toSorted((a, b) => weight(b) - weight(a))
    .slice(0, maxPlaces)
    .sort((a, b) => a.startSeconds - b.startSeconds);
}

/** Tenths, unless they would hide a small figure. */
function tenths(value: number): number {
  return Math.abs(value) < 1 ? Math.round(value * 1_000) / 1_000 + 0 : Math.round(value * 10) / 10;
}
