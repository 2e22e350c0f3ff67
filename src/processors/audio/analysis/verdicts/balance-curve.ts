import type { Spectrum } from '../analysis.ts';
import type { genreNames } from '../params.ts';

export type GenreName = (typeof genreNames)[number];

export interface BalancePoint {
  readonly centerHz: number;
  /** In a third of an octave, against the mean of 63 Hz … 8 kHz. */
  readonly db: number;
  /** Recordings within ± this of the curve are unremarkable. */
  readonly toleranceDb: number;
}

/**
 * A curve with five numbers, not a measurement of ours. Its form is what is published of popular recordings: Pestana,
 * Ma, Reiss, Barbosa and Black, "Spectral characteristics of popular commercial recordings 1950-2010" (AES Convention
 * 135, 2013) find long-term spectra that fall by some 5 dB an octave between 100 Hz and 4 kHz, more steeply above, and
 * that break off around 60 Hz; as levels of thirds of octaves, whose width grows by 3 dB an octave, that is −2 dB an
 * octave. Elowsson and Friberg, "Long-term average spectrum in popular music and its relation to the level of the
 * percussion" (AES Convention 142, 2017) describe the same bend, and more bass and more treble where there is more
 * percussion. How much a genre departs from that common form is our choice, and the tolerance is wide for that reason.
 */
interface Shape {
  /** Fall from the bass to `kneeHz`. */
  readonly fallDbPerOctave: number;
  /** Below it, the bass ends by 9 dB an octave. */
  readonly lowestHz: number;
  /** Above 4 kHz, additional fall, times the square of the octaves. */
  readonly bendDb: number;
  readonly bassDb: number;
  /** Middle of the additional bass, an octave wide to each side. */
  readonly bassHz: number;
}

const kneeHz = 4_000;
const lowEndDbPerOctave = 9;

const shapes: Readonly<Record<Exclude<GenreName, 'none' | 'speech'>, Shape>> = {
  pop: { fallDbPerOctave: 2, lowestHz: 45, bendDb: 1, bassDb: 1.5, bassHz: 75 },
  rock: { fallDbPerOctave: 1.8, lowestHz: 55, bendDb: 1.2, bassDb: 0.5, bassHz: 90 },
  'hip-hop': { fallDbPerOctave: 2.2, lowestHz: 32, bendDb: 1, bassDb: 4, bassHz: 55 },
  electronic: { fallDbPerOctave: 2, lowestHz: 35, bendDb: 0.8, bassDb: 3.5, bassHz: 60 },
  samba: { fallDbPerOctave: 1.8, lowestHz: 50, bendDb: 0.8, bassDb: 1.5, bassHz: 75 },
  acoustic: { fallDbPerOctave: 2.2, lowestHz: 70, bendDb: 1.6, bassDb: 0, bassHz: 100 },
  classical: { fallDbPerOctave: 2.7, lowestHz: 45, bendDb: 2, bassDb: 0, bassHz: 100 },
};

/**
 * Men and women together, dB SPL from 63 Hz to 16 kHz: Byrne et al., "An international comparison of long-term average
 * speech spectra", JASA 96 (1994), table II. Below and above, the last slope goes on.
 */
const speechDb = [
  38.6, 43.5, 54.4, 57.7, 56.8, 60.2, 60.3, 59.0, 62.1, 62.1, 60.5, 56.8, 53.7, 53.0, 52.0, 48.7, 48.1, 46.8, 45.6,
  44.5, 44.3, 43.7, 43.4, 41.3, 40.7,
];

/** Nominal centres of IEC 61260-1, 25 Hz … 20 kHz. */
export const thirdOctaveCentersHz = [
  25, 31.5, 40, 50, 63, 80, 100, 125, 160, 200, 250, 315, 400, 500, 630, 800, 1_000, 1_250, 1_600, 2_000, 2_500, 3_150,
  4_000, 5_000, 6_300, 8_000, 10_000, 12_500, 16_000, 20_000,
] as const;

/**
 * How loud each third of an octave usually is in recordings of a genre.
 *
 * @returns one point for each band from 25 Hz to 20 kHz; `null` for no genre
 */
export function balanceCurve(genre: GenreName): readonly BalancePoint[] | null {
  if (genre === 'none') return null;
  const levels = thirdOctaveCentersHz.map((hz) =>
    genre === 'speech' ? speechLevel(hz) : shapeLevel(shapes[genre], hz),
  );
  const middle = levels.filter((_level, index) => inMiddle(thirdOctaveCentersHz[index] ?? 0));
  const mean = middle.reduce((sum, level) => sum + level, 0) / middle.length;
  return thirdOctaveCentersHz.map((centerHz, index) => ({
    centerHz,
    db: (levels[index] ?? 0) - mean,
    toleranceDb: toleranceDb(centerHz),
  }));
}

/**
 * How far a spectrum lies from a curve, once both are moved over each other: by the median of their differences, so that
 * one band that sticks out, or a bass that is missing, does not lift all the others.
 *
 * @returns `offsetDb` to add to the curve, and the differences; `null` where there is no level
 */
export function differenceToCurve(
  thirdOctaveDb: Spectrum['thirdOctaveDb'],
  curve: readonly BalancePoint[],
): {
  readonly offsetDb: number;
  readonly bands: readonly { readonly centerHz: number; readonly db: number | null }[];
} | null {
  const rows = thirdOctaveDb.flatMap(({ centerHz, db }) => {
    const point = nearest(curve, centerHz);
    return point === undefined ? [] : [{ centerHz, difference: db === null ? null : db - point.db }];
  });
  const offsetDb = median(
    rows.flatMap(({ centerHz, difference }) => (difference !== null && inMiddle(centerHz) ? [difference] : [])),
  );
  if (offsetDb === null) return null;
  return {
    offsetDb,
    bands: rows.map(({ centerHz, difference }) => ({
      centerHz,
      db: difference === null ? null : difference - offsetDb,
    })),
  };
}

function inMiddle(hz: number): boolean {
  return hz >= 60 && hz <= 8_500;
}

function shapeLevel({ fallDbPerOctave, lowestHz, bendDb, bassDb, bassHz }: Shape, hz: number): number {
  const fall = -fallDbPerOctave * Math.log2(hz / 1_000);
  const bend = -bendDb * Math.max(0, Math.log2(hz / kneeHz)) ** 2;
  const end = -lowEndDbPerOctave * Math.max(0, Math.log2(lowestHz / hz));
  const bass = bassDb * Math.exp(-(Math.log2(hz / bassHz) ** 2) / 2);
  return fall + bend + end + bass;
}

function speechLevel(hz: number): number {
  const index = thirdOctaveCentersHz.findIndex((center) => center >= hz) - thirdOctaveCentersHz.indexOf(63);
  const known = speechDb[index];
  if (known !== undefined) return known;
  return index < 0 ? (speechDb[0] ?? 0) + 5 * index : (speechDb.at(-1) ?? 0) - (index - speechDb.length + 1);
}

/** Mixes of one genre differ least where voices are, and most at both ends. */
function toleranceDb(hz: number): number {
  return 4 + 1.5 * Math.max(0, Math.log2(125 / hz), Math.log2(hz / 4_000));
}

function nearest(curve: readonly BalancePoint[], hz: number): BalancePoint | undefined {
  return curve.find(({ centerHz }) => Math.abs(Math.log2(centerHz / hz)) < 1 / 6);
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? 0)) / 2;
}
