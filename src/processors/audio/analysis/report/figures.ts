import { keyName } from '../verdicts/rules/music.ts';
import type { ReportSubject } from './report-options.ts';
import type { Table } from './tables.ts';

/** One number that people ask for first. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly note: string;
}

export function figuresOf({ analysis, phrases, speech, language }: ReportSubject): readonly Figure[] {
  const { loudness, dynamics, stereo, rhythm, tonality } = analysis;
  // What has samples but no level is too short, or too quiet, for one.
  const none = loudness.samplePeakDbfs === null ? phrases.silence : phrases.noValue;
  const level = (value: number | null, say: (value: number) => string) => (value === null ? none : say(value));
  const known = (value: number | null, say: (value: number) => string) =>
    value === null ? phrases.noValue : say(value);
  const sure = (confidence: number) => phrases.confidence(speech.percent(Math.round(confidence * 100)));
  return [
    { name: phrases.integrated, value: level(loudness.integratedLufs, speech.lufs), note: phrases.integratedNote },
    { name: phrases.truePeak, value: level(loudness.truePeakDbtp, speech.dbtp), note: phrases.truePeakNote },
    { name: phrases.shortTerm, value: level(loudness.maxShortTermLufs, speech.lufs), note: phrases.shortTermNote },
    {
      name: phrases.range,
      value: known(loudness.rangeLu, (value) => `${speech.number(value)} LU`),
      note: loudness.rangeStable ? phrases.rangeNote : phrases.rangeUnstable,
    },
    { name: phrases.plr, value: known(loudness.plrDb, speech.db), note: phrases.plrNote },
    {
      name: phrases.dynamicRange,
      value: known(dynamics.dynamicRangeDb, (value) => `DR ${speech.number(value)}`),
      note: phrases.dynamicRangeNote,
    },
    ...(stereo === null
      ? []
      : [
          { name: phrases.width, value: known(stereo.widthPercent, speech.percent), note: phrases.widthNote },
          {
            name: phrases.correlation,
            value: known(stereo.correlation, speech.correlation),
            note: phrases.correlationNote,
          },
        ]),
    {
      name: phrases.tempo,
      value: rhythm.tempoBpm === null ? phrases.notFound : `${speech.number(rhythm.tempoBpm)} BPM`,
      note: rhythm.tempoBpm === null ? '' : sure(rhythm.confidence),
    },
    {
      name: phrases.key,
      value: tonality.key === null ? phrases.notFound : language === 'en' ? tonality.key : keyName(tonality.key),
      note: tonality.key === null ? '' : sure(tonality.confidence),
    },
  ];
}

export function technicalDetails({ analysis, phrases, speech }: ReportSubject): Table {
  const { source, dynamics, loudness, spectrum, tonality, sampleRateHz } = analysis;
  const row = (name: string, value: number | null, say: (value: number) => string): string[][] =>
    value === null ? [] : [[name, say(value)]];
  return {
    head: [],
    rows: [
      [phrases.format, `${source.container}, ${source.codec}`],
      [phrases.sampleRate, speech.frequency(sampleRateHz)],
      ...row(phrases.effectiveBits, dynamics.effectiveBits, speech.number),
      ...row(phrases.samplePeak, loudness.samplePeakDbfs, speech.dbfs),
      ...row(phrases.rms, dynamics.rmsDbfs, speech.dbfs),
      [phrases.clipped, speech.count(dynamics.clippedSamples)],
      [phrases.dc, speech.percent(dynamics.dcOffset * 100)],
      ...row(phrases.noiseFloor, dynamics.noiseFloorDbfs, speech.dbfs),
      ...row(phrases.highest, spectrum.highestHz, speech.frequency),
      ...row(phrases.centroid, spectrum.centroidHz, speech.frequency),
      ...row(phrases.tilt, spectrum.tiltDbPerOctave, (value) => `${speech.number(value)} ${phrases.tiltUnit}`),
      ...row(phrases.detuning, tonality.detuningCents, (value) => `${speech.signed(value)} ${phrases.cents}`),
    ],
  };
}
