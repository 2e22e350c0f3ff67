import { verdictTitle } from '../../../../src/processors/audio/analysis/verdicts/verdict-titles.ts';
import type { Analysis } from '../../api/audio.ts';
import { figureText, frequencyText, numberText, shareText } from './figures.ts';

export type Verdict = Analysis['verdicts'][number];

/** The one that sums up all others; it comes first. */
const sums: ReadonlySet<string> = new Set(['ready', 'nearly-ready', 'not-ready']);

/** The answer in a sentence, and what it rests on. */
export function answerAndFindings(verdicts: readonly Verdict[]): {
  readonly sum: Verdict | undefined;
  readonly findings: readonly Verdict[];
} {
  const sum = verdicts.find(({ code }) => sums.has(code));
  return { sum, findings: verdicts.filter((verdict) => verdict !== sum) };
}

export function titleOf({ code }: Verdict, locale: string): string {
  return verdictTitle(code)[locale === 'pt-BR' ? 'pt-BR' : 'en'];
}

export function textOf({ text }: Verdict, locale: string): string {
  return text[locale === 'pt-BR' ? 'pt-BR' : 'en'];
}

/** Units that are signs, the same in every language. */
const signs: ReadonlySet<string> = new Set(['LUFS', 'dBTP', 'dBFS', 'dB', 'LU', 'BPM', 's', '%', 'bits', 'cents']);
const counts: ReadonlySet<string> = new Set(['s', 'bits', 'BPM', '%']);

/** What was measured, in its unit; undefined for what says nothing without its sentence. */
export function measuredText(value: number | null, unit: string, locale: string): string | undefined {
  if (value === null) return undefined;
  if (signs.has(unit)) return figureText(value, unit, locale, Number.isInteger(value) && counts.has(unit) ? 0 : 1);
  if (unit === 'Hz') return frequencyText(value, locale);
  if (unit === 'samples') return numberText(value, locale, 0);
  if (unit === 'correlation') return figureText(value, '', locale);
  return unit === 'confidence' ? shareText(value, locale) : undefined;
}
