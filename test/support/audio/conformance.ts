import { createLoudnessMeasure, type LoudnessResult } from '#processors/audio/analysis/loudness/loudness-measure.ts';
import type { ChannelRole } from '#processors/shared/audio/audio-stream.ts';
import { peakBurst, peakTone, repeat, stereoTones, type Tone, toneSamples } from './ebu-signals.ts';
import { measureSamples, type Recording } from './measure-samples.ts';

/**
 * The minimum requirements of EBU Tech 3341 v4 (table 1) and Tech 3342 v4 that signals can be synthesised for, and what
 * ITU-R BS.1770-5 says of a sine.
 */
export interface ConformanceCase {
  /** `Tech 3341, 13`. */
  readonly name: string;
  /** `integrated LUFS`. */
  readonly quantity: string;
  readonly tolerance: { readonly below: number; readonly above: number };
  readings(sampleRateHz: number): Promise<readonly Reading[]>;
}

export interface Reading {
  readonly expected: number;
  /** NaN where nothing was measured. */
  readonly measured: number;
}

export const conformanceRatesHz = [44_100, 48_000, 96_000];

export function isWithin({ below, above }: ConformanceCase['tolerance'], { expected, measured }: Reading): boolean {
  return measured >= expected - below && measured <= expected + above;
}

const tenth = { below: 0.1, above: 0.1 };
const unit = { below: 1, above: 1 };
const ofTruePeak = { below: 0.4, above: 0.2 };
/** Half a digit of a meter; away from 48 kHz the filters' response differs by up to 0.04 dB. */
const ofSine = { below: 0.05, above: 0.05 };

const measure = (recording: Recording) => measureSamples(createLoudnessMeasure, recording);
const tones = (...list: readonly [seconds: number, dbfs: number | null][]): Tone[] =>
  list.map(([seconds, dbfs]) => ({ seconds, dbfs }));
const twenty = [...Array(20).keys()];

/** One recording, one or several readings of it. */
function simple(
  name: string,
  quantity: string,
  tolerance: ConformanceCase['tolerance'],
  expected: number,
  make: (sampleRateHz: number) => Recording,
  read: (result: LoudnessResult) => readonly (number | null)[],
): ConformanceCase {
  const readings = async (sampleRateHz: number) =>
    read(await measure(make(sampleRateHz))).map((value) => ({ expected, measured: value ?? Number.NaN }));
  return { name, quantity, tolerance, readings };
}

const integrated = (number: number, list: readonly Tone[]) =>
  simple(
    `Tech 3341, ${number}`,
    'I',
    tenth,
    -23,
    (rate) => stereoTones(rate, list),
    ({ loudness }) => [loudness.integratedLufs],
  );

/** A steady tone: all three readings are the same. */
const steady = (number: number, dbfs: number) =>
  simple(
    `Tech 3341, ${number}`,
    'M, S, I',
    tenth,
    dbfs,
    (rate) => stereoTones(rate, tones([20, dbfs])),
    ({ loudness, series }) => [
      loudness.integratedLufs,
      loudness.maxMomentaryLufs,
      loudness.maxShortTermLufs,
      ...series.momentaryLufs.slice(4),
      ...series.shortTermLufs.slice(30),
    ],
  );

const fivePointZero: readonly ChannelRole[] = ['left', 'right', 'centre', 'left-surround', 'right-surround'];

/** Levels of left, centre and surround. */
function fiveChannels(sampleRateHz: number): Recording {
  const [front, centre, back] = [-28, -24, -30].map((dbfs) => toneSamples(sampleRateHz, tones([20, dbfs]))) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  return { sampleRateHz, layout: fivePointZero, channels: [front, front, centre, back, back] };
}

/** Twenty files, each with its own delay of the tone. */
function files(
  number: number,
  quantity: string,
  list: (index: number) => Tone[],
  read: keyof LoudnessResult['loudness'],
) {
  const readings = async (sampleRateHz: number) => {
    const found: Reading[] = [];
    for (const index of twenty) {
      const { loudness } = await measure(stereoTones(sampleRateHz, list(index)));
      found.push({ expected: -23, measured: Number(loudness[read] ?? Number.NaN) });
    }
    return found;
  };
  return { name: `Tech 3341, ${number}`, quantity: `${quantity} of 20 files`, tolerance: tenth, readings };
}

/** As a live meter sees it: twenty tones, each 1 dB louder than the last, and the highest reading until each has gone. */
function live(
  number: number,
  quantity: string,
  segmentSteps: number,
  list: (index: number) => Tone[],
  read: 'momentaryLufs' | 'shortTermLufs',
): ConformanceCase {
  const readings = async (sampleRateHz: number) => {
    const { series } = await measure(stereoTones(sampleRateHz, twenty.flatMap(list)));
    return twenty.map((index) => ({
      expected: -38 + index,
      measured: Math.max(...series[read].slice(0, (index + 1) * segmentSteps)),
    }));
  };
  return { name: `Tech 3341, ${number}`, quantity: `${quantity}, 20 tones live`, tolerance: tenth, readings };
}

const truePeak = (number: number, dbtp: number, make: (sampleRateHz: number) => Recording) =>
  simple(`Tech 3341, ${number}`, 'true peak', ofTruePeak, dbtp, make, ({ loudness }) => loudness.channelTruePeaksDbtp);

const range = (number: number, lu: number, ...levels: readonly number[]) =>
  simple(
    `Tech 3342, ${number}`,
    'LRA',
    unit,
    lu,
    (rate) => stereoTones(rate, tones(...levels.map((dbfs): [number, number] => [20, dbfs]))),
    ({ loudness }) => [loudness.rangeLu],
  );

/** 997 Hz at full scale in one channel of three and silence in the others. */
const fullScale = (channel: number, role: string) =>
  simple(
    'BS.1770-5',
    `I, 997 Hz at 0 dBFS in ${role}`,
    ofSine,
    -3.01,
    (sampleRateHz) => {
      const sine = toneSamples(sampleRateHz, tones([5, 0]), 997);
      const channels = [0, 1, 2].map((each) => (each === channel ? sine : new Float32Array(sine.length)));
      return { sampleRateHz, layout: ['left', 'right', 'centre'], channels };
    },
    ({ loudness }) => [loudness.integratedLufs],
  );

export const conformanceCases: readonly ConformanceCase[] = [
  steady(1, -23),
  steady(2, -33),
  integrated(3, tones([10, -36], [60, -23], [10, -36])),
  integrated(4, tones([10, -72], [10, -36], [60, -23], [10, -36], [10, -72])),
  integrated(5, tones([20, -26], [20.1, -20], [20, -26])),
  simple('Tech 3341, 6', 'I', tenth, -23, fiveChannels, ({ loudness }) => [loudness.integratedLufs]),
  simple(
    'Tech 3341, 9',
    'S after 3 s',
    tenth,
    -23,
    (rate) => stereoTones(rate, repeat(5, tones([1.34, -20], [1.66, -30]))),
    ({ series }) => [...series.shortTermLufs.slice(30)],
  ),
  files(10, 'max S', (i) => tones([0.15 * i, null], [3, -23], [1, null]), 'maxShortTermLufs'),
  live(11, 'max S', 60, (i) => tones([0.15 * i, null], [3, i - 38], [3 - 0.15 * i, null]), 'shortTermLufs'),
  simple(
    'Tech 3341, 12',
    'M after 1 s',
    tenth,
    -23,
    (rate) => stereoTones(rate, repeat(25, tones([0.18, -20], [0.22, -30]))),
    ({ series }) => [...series.momentaryLufs.slice(10)],
  ),
  files(13, 'max M', (i) => tones([0.02 * i, null], [0.4, -23], [1, null]), 'maxMomentaryLufs'),
  live(14, 'max M', 8, (i) => tones([0.02 * i, null], [0.4, i - 38], [0.4 - 0.02 * i, null]), 'momentaryLufs'),
  truePeak(15, -6, (rate) => peakTone(rate, 4, 0.5, 0)),
  truePeak(16, -6, (rate) => peakTone(rate, 4, 0.5, 45)),
  truePeak(17, -6, (rate) => peakTone(rate, 6, 0.5, 60)),
  truePeak(18, -6, (rate) => peakTone(rate, 8, 0.5, 67.5)),
  truePeak(19, 3, (rate) => peakTone(rate, 4, 1.41, 45)),
  ...[0, 1, 2, 3].map((offset) => truePeak(20 + offset, 0, (rate) => peakBurst(rate, offset))),
  range(1, 10, -20, -30),
  range(2, 5, -20, -15),
  range(3, 20, -40, -20),
  range(4, 15, -50, -35, -20, -35, -50),
  fullScale(0, 'left'),
  fullScale(1, 'right'),
  fullScale(2, 'centre'),
  simple(
    'BS.1770-5',
    'I, 1 kHz stereo at -18 dBFS',
    ofSine,
    -18,
    (rate) => stereoTones(rate, tones([20, -18])),
    ({ loudness }) => [loudness.integratedLufs],
  ),
];
