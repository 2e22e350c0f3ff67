import { genreTitles } from '../verdicts/genre-titles.ts';
import type { Picture } from './drawing.ts';
import { spectrogramPicture } from './pictures/spectrogram-picture.ts';
import { spectrumPicture } from './pictures/spectrum-picture.ts';
import { stereoPicture } from './pictures/stereo-picture.ts';
import {
  type Difference,
  differencePicture,
  differencesToGenre,
  differencesToReference,
  levelPicture,
} from './pictures/thirds-picture.ts';
import { waveformPicture } from './pictures/waveform-picture.ts';
import type { ReportSubject } from './report-options.ts';
import { bandsTable, differenceTable, loudnessTable, spectrumTable, stereoTable, type Table } from './tables.ts';

/** A picture with what it shows in words and in numbers. */
export interface Section {
  /** For anchors: `waveform`. */
  readonly name: string;
  readonly heading: string;
  readonly caption: string;
  readonly draw: (width: number) => Picture;
  /** In place of the picture, for who does not see it. */
  readonly alternative: string;
  readonly table: Table;
}

export function sectionsOf(subject: ReportSubject): readonly Section[] {
  const { curve } = subject.analysis.spectrum;
  // Silence has no spectrum: its pictures would be empty.
  if (curve.every(({ db }) => db === null)) return [waveform(subject)];
  return [waveform(subject), spectrum(subject), ...thirds(subject), ...stereo(subject), spectrogram(subject)];
}

function waveform(subject: ReportSubject): Section {
  const { analysis, phrases, speech } = subject;
  const { integratedLufs, maxShortTermLufs } = analysis.loudness;
  return {
    name: 'waveform',
    heading: phrases.waveform,
    caption: phrases.waveformCaption,
    draw: (width) => waveformPicture(subject, width),
    alternative: described(phrases.waveform, [
      ...facts(phrases.integrated, integratedLufs, speech.lufs),
      ...facts(phrases.shortTerm, maxShortTermLufs, speech.lufs),
    ]),
    table: loudnessTable(subject),
  };
}

function spectrum(subject: ReportSubject): Section {
  const { analysis, phrases, speech, genre, language } = subject;
  const { centroidHz, tiltDbPerOctave } = analysis.spectrum;
  return {
    name: 'spectrum',
    heading: phrases.spectrum,
    caption: [
      phrases.spectrumCaption,
      ...(genre === 'none' ? [] : [phrases.spectrumGenre(genreTitles[genre][language])]),
      ...(analysis.comparison === undefined ? [] : [phrases.spectrumReference]),
    ].join(' '),
    draw: (width) => spectrumPicture(subject, width),
    alternative: described(phrases.spectrum, [
      ...facts(phrases.centroid, centroidHz, speech.frequency),
      ...facts(phrases.tilt, tiltDbPerOctave, (value) => `${speech.number(value)} ${phrases.tiltUnit}`),
    ]),
    table: spectrumTable(subject),
  };
}

function thirds(subject: ReportSubject): Section[] {
  const { phrases, genre, language } = subject;
  const [toReference, toGenre] = [differencesToReference(subject), differencesToGenre(subject)];
  if (toReference === null && toGenre === null) return [levels(subject)];
  return [
    ...(toReference === null
      ? []
      : [differences(subject, 'reference', phrases.thirdsReference, phrases.thirdsReferenceCaption, toReference)]),
    ...(toGenre === null
      ? []
      : [
          differences(
            subject,
            'genre',
            phrases.thirdsGenre(genreTitles[genre][language]),
            phrases.thirdsGenreCaption,
            toGenre,
          ),
        ]),
  ];
}

function differences(
  subject: ReportSubject,
  name: string,
  heading: string,
  caption: string,
  bands: readonly Difference[],
): Section {
  const { speech } = subject;
  const largest = bands.reduce<Difference | undefined>(
    (most, band) => (Math.abs(band.db ?? 0) > Math.abs(most?.db ?? 0) ? band : most),
    undefined,
  );
  return {
    name,
    heading,
    caption,
    draw: (width) => differencePicture(subject, bands, width),
    alternative: described(
      heading,
      largest === undefined ? [] : facts(speech.band(largest.centerHz), largest.db, (db) => `${speech.signed(db)} dB`),
    ),
    table: differenceTable(bands, subject),
  };
}

function levels(subject: ReportSubject): Section {
  const { phrases } = subject;
  return {
    name: 'thirds',
    heading: phrases.thirdsLevels,
    caption: phrases.thirdsLevelsCaption,
    draw: (width) => levelPicture(subject, width),
    alternative: described(phrases.thirdsLevels, []),
    table: spectrumTable(subject),
  };
}

function stereo(subject: ReportSubject): Section[] {
  const { analysis, phrases, speech } = subject;
  const image = analysis.stereo;
  if (image === null) return [];
  return [
    {
      name: 'stereo',
      heading: phrases.stereoImage,
      caption: phrases.stereoCaption,
      draw: (width) => stereoPicture(subject, image, width),
      alternative: described(phrases.stereoImage, [
        ...facts(phrases.width, image.widthPercent, speech.percent),
        ...facts(phrases.correlation, image.correlation, speech.correlation),
      ]),
      table: stereoTable(subject),
    },
  ];
}

function spectrogram(subject: ReportSubject): Section {
  const { phrases, speech, spectrogram: picture } = subject;
  return {
    name: 'spectrogram',
    heading: phrases.spectrogram,
    caption: phrases.spectrogramCaption,
    draw: (width) => spectrogramPicture(subject, width),
    alternative: described(phrases.spectrogram, [
      `${speech.frequency(picture.fromHz)} ${phrases.to} ${speech.frequency(picture.toHz)}`,
    ]),
    table: bandsTable(subject),
  };
}

function facts(name: string, value: number | null, say: (value: number) => string): string[] {
  return value === null ? [] : [`${name} ${say(value)}`];
}

function described(heading: string, details: readonly string[]): string {
  return details.length === 0 ? heading : `${heading}: ${details.join(', ')}`;
}
