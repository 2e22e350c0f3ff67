import { balanceCurve, differenceToCurve } from '../verdicts/balance-curve.ts';
import { genreTitles } from '../verdicts/genre-titles.ts';
import type { Difference } from './pictures/thirds-picture.ts';
import type { ReportSubject } from './report-options.ts';

/** Words in the first column, numbers in the others. */
export interface Table {
  /** Empty when the first column names what stands beside it. */
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly highlighted?: number;
}

/** Rows of what changes over time: enough to follow a song, few enough to be read out. */
const maxRows = 24;

/** Loudness over time: the highest of each stretch. */
export function loudnessTable({ analysis: { series }, phrases, speech }: ReportSubject): Table {
  return {
    head: [phrases.time, `${phrases.shortTermLine}, LUFS`, `${phrases.momentary}, LUFS`, `${phrases.truePeak}, dBTP`],
    rows: stretches(series.shortTermLufs.length).map(([from, to]) => [
      speech.time(from * series.stepSeconds),
      ...[series.shortTermLufs, series.momentaryLufs, series.truePeakDbtp].map((values) =>
        say(highest(values.slice(from, to)), speech.number, phrases.noValue),
      ),
    ]),
  };
}

/** The thirds of octaves of this recording, of the genre's curve and of the reference. */
export function spectrumTable({ analysis, genre, phrases, speech, language }: ReportSubject): Table {
  const { comparison, spectrum } = analysis;
  const curve = balanceCurve(genre);
  const offsetDb = curve === null ? null : (differenceToCurve(spectrum.thirdOctaveDb, curve)?.offsetDb ?? null);
  const usual = curve !== null && offsetDb !== null;
  return {
    head: [
      phrases.frequency,
      `${phrases.thisTrack}, dB`,
      ...(usual ? [`${phrases.genreCurve(genreTitles[genre][language])}, dB`] : []),
      ...(comparison === undefined ? [] : [`${phrases.reference}, dB`]),
    ],
    rows: spectrum.thirdOctaveDb.map(({ centerHz, db }) => {
      const point = curve?.find((candidate) => candidate.centerHz === centerHz);
      const other =
        comparison?.reference.thirdOctaveDb.find((candidate) => candidate.centerHz === centerHz)?.db ?? null;
      return [
        speech.band(centerHz),
        say(db, speech.number, phrases.noValue),
        ...(usual ? [say(point === undefined ? null : point.db + offsetDb, speech.number, phrases.noValue)] : []),
        ...(comparison === undefined
          ? []
          : [say(other === null ? null : other + (comparison.loudnessDb ?? 0), speech.number, phrases.noValue)]),
      ];
    }),
  };
}

export function differenceTable(differences: readonly Difference[], { phrases, speech }: ReportSubject): Table {
  return {
    head: [phrases.frequency, `${phrases.difference}, dB`],
    rows: differences.map(({ centerHz, db }) => [speech.band(centerHz), say(db, speech.signed, phrases.noValue)]),
  };
}

export function stereoTable({ analysis: { stereo }, phrases, speech }: ReportSubject): Table {
  return {
    head: [phrases.region, phrases.width, phrases.correlation, `${phrases.monoLoss}, dB`],
    rows: (stereo?.bands ?? []).map((band) => [
      `${phrases.regions[band.name]} (${speech.frequency(band.fromHz)} ${phrases.to} ${speech.frequency(band.toHz)})`,
      say(band.widthPercent, speech.percent, phrases.noValue),
      say(band.correlation, speech.correlation, phrases.noValue),
      say(band.monoCompatibilityDb, speech.number, phrases.noValue),
    ]),
  };
}

/** The level of the six regions over time: what the spectrogram shows, in words for those who do not see it. */
export function bandsTable({ analysis: { series }, phrases, speech }: ReportSubject): Table {
  const length = series.bandsDb[0]?.length ?? 0;
  return {
    head: [phrases.time, ...Object.values(phrases.regions).map((region) => `${region}, dB`)],
    rows: stretches(length).map(([from, to]) => [
      speech.time(from * series.stepSeconds),
      ...series.bandsDb.map((values) => say(highest(values.slice(from, to)), speech.number, phrases.noValue)),
    ]),
  };
}

function stretches(length: number): (readonly [from: number, to: number])[] {
  const rows = Math.min(maxRows, length);
  return Array.from({ length: rows }, (_, row) => [
    Math.round((row * length) / rows),
    Math.round(((row + 1) * length) / rows),
  ]);
}

function highest(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>(
    (most, value) => (value !== null && (most === null || value > most) ? value : most),
    null,
  );
}

function say(value: number | null, speech: (value: number) => string, otherwise: string): string {
  return value === null ? otherwise : speech(value);
}
