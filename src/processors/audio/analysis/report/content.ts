import type { Verdict } from '../analysis.ts';
import { genreTitles } from '../verdicts/genre-titles.ts';
import { serviceName, targets } from '../verdicts/targets.ts';
import { verdictTitle } from '../verdicts/verdict-titles.ts';
import { type Figure, figuresOf, technicalDetails } from './figures.ts';
import type { ReportSubject } from './report-options.ts';
import { type Section, sectionsOf } from './sections.ts';
import type { Table } from './tables.ts';

/** A verdict as it is read. */
export interface Finding {
  readonly severity: Verdict['severity'];
  readonly severityName: string;
  readonly title: string;
  readonly text: string;
  /** `At 0:12, 1:40`; empty when it is about the whole. */
  readonly places: string;
}

/** What a report says, whether on a page or on paper. */
export interface ReportContent {
  readonly title: string;
  readonly subtitle: string;
  readonly purpose: string;
  readonly readiness: Finding;
  readonly toDo: readonly Finding[];
  readonly good: readonly Finding[];
  readonly figures: readonly Figure[];
  readonly sections: readonly Section[];
  readonly services: Table;
  readonly details: Table;
}

export function contentOf(subject: ReportSubject): ReportContent {
  const { analysis, phrases, genre, target, language } = subject;
  const [first, ...others] = analysis.verdicts;
  if (first === undefined) throw new Error('an analysis without verdicts');
  const findings = others.map((verdict) => findingOf(verdict, subject));
  const purpose = phrases.measuredFor(targets[target].place[language]);
  return {
    title: titleOf(subject),
    subtitle: subtitleOf(subject),
    purpose: genre === 'none' ? purpose : `${purpose}, ${phrases.balanceOf(genreTitles[genre][language])}`,
    readiness: findingOf(first, subject),
    toDo: findings.filter(({ severity }) => severity !== 'good'),
    good: findings.filter(({ severity }) => severity === 'good'),
    figures: figuresOf(subject),
    sections: sectionsOf(subject),
    services: servicesOf(subject),
    details: technicalDetails(subject),
  };
}

const maxTitleLength = 200;

/** Titles come from people and from file names: one line, nothing that steers a terminal or turns text around. */
export function titleOf({
  title,
  fileName = '',
  phrases,
}: Pick<ReportSubject, 'title' | 'phrases' | 'fileName'>): string {
  const plain = (text: string) =>
    text
      .replace(/[\s\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ')
      .trim()
      .slice(0, maxTitleLength);
  return plain(title) || plain(fileName) || phrases.untitled;
}

function subtitleOf({
  analysis: { durationSeconds, sampleRateHz, channels, source },
  phrases,
  speech,
}: ReportSubject): string {
  const layout = channels === 1 ? phrases.mono : channels === 2 ? phrases.stereo : phrases.channels(channels);
  const bits = source.bitsPerSample === null ? [] : [phrases.bits(source.bitsPerSample)];
  const length = durationSeconds < 60 ? speech.seconds(durationSeconds) : speech.time(durationSeconds);
  return [length, layout, speech.frequency(sampleRateHz), source.codec, ...bits].join(' · ');
}

function findingOf({ code, severity, text, places }: Verdict, { phrases, speech, language }: ReportSubject): Finding {
  const times = [...new Set(places.map(({ startSeconds }) => speech.time(startSeconds)))];
  return {
    severity,
    severityName: phrases.severity[severity],
    title: verdictTitle(code)[language],
    text: text[language],
    places: times.length === 0 ? '' : `${phrases.at} ${times.join(', ')}`,
  };
}

function servicesOf({ analysis, phrases, speech, language, target }: ReportSubject): Table {
  const value = (level: number | null, say: (value: number) => string) =>
    level === null ? phrases.noValue : say(level);
  return {
    head: [phrases.service, phrases.gain, phrases.playsAt, phrases.peakThere],
    rows: analysis.services.map((outcome) => [
      serviceName(outcome.target, language),
      value(outcome.gainDb, (gain) => `${speech.signed(gain)} dB`),
      value(outcome.playsAtLufs, speech.lufs),
      value(outcome.truePeakDbtp, speech.dbtp),
    ]),
    highlighted: analysis.services.findIndex((outcome) => outcome.target === target),
  };
}
