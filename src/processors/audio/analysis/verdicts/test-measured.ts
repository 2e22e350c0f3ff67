import type { Measured } from '../analysis.ts';
import { balanceCurve, thirdOctaveCentersHz } from './balance-curve.ts';
import { type BandName, bandLimits, bandNames } from './bands.ts';

type Deep<T> = T extends readonly unknown[] | null
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: Deep<T[K]> | undefined }
    : T;

/**
 * A recording that is ready for Spotify in every respect: three minutes of stereo with the balance of pop. What a test
 * is about, it overrides.
 */
export function measuredOf(overrides: Deep<Measured> = {}): Measured {
  return merge(sound(), overrides) as Measured;
}

/** Third octaves with the balance of pop, so loud that their mean from 63 Hz to 8 kHz is `meanDb`. */
export function popSpectrum(meanDb = -32): Measured['spectrum']['thirdOctaveDb'] {
  return (balanceCurve('pop') ?? []).map(({ centerHz, db }) => ({ centerHz, db: meanDb + db }));
}

/** The same, with more or less of some bands. */
export function tilted(changes: Partial<Record<BandName, number>>): Measured['spectrum']['thirdOctaveDb'] {
  return popSpectrum().map(({ centerHz, db }) => {
    const name = bandNames.find((band) => bandLimits(band)[0] <= centerHz && centerHz < bandLimits(band)[1]);
    return { centerHz, db: (db ?? 0) + ((name && changes[name]) ?? 0) };
  });
}

const stepSeconds = 0.15;
const points = 1_200;

function sound(): Measured {
  const series = (at: (share: number) => number) => Array.from({ length: points }, (_, index) => at(index / points));
  return {
    durationSeconds: 180,
    sampleRateHz: 44_100,
    channels: 2,
    source: { container: 'wav', codec: 'PCM', bitsPerSample: 24, layout: ['left', 'right'] },
    loudness: {
      integratedLufs: -14,
      maxShortTermLufs: -11.2,
      maxMomentaryLufs: -9.8,
      rangeLu: 6.3,
      rangeStable: true,
      truePeakDbtp: -1.5,
      samplePeakDbfs: -1.7,
      plrDb: 12.5,
      channelTruePeaksDbtp: [-1.5, -1.8],
      peaks: [],
    },
    dynamics: {
      rmsDbfs: -16.4,
      crestDb: 14.7,
      dynamicRangeDb: 10,
      clippedSamples: 0,
      clips: [],
      dcOffset: 0.0001,
      noiseFloorDbfs: -72,
      effectiveBits: 24,
    },
    stereo: {
      correlation: 0.62,
      widthPercent: 32,
      monoCompatibilityDb: -0.9,
      balanceDb: 0.2,
      bands: bandNames.map((name, index) => ({
        name,
        fromHz: bandLimits(name)[0],
        toHz: bandLimits(name)[1],
        correlation: 0.98 - 0.1 * index,
        widthPercent: 4 + 8 * index,
        monoCompatibilityDb: -0.1 - 0.3 * index,
      })),
      inversions: [],
    },
    spectrum: {
      thirdOctaveDb: popSpectrum(),
      curve: Array.from({ length: 240 }, (_, index) => 20 * 2 ** (index / 24)).map((hz) => ({ hz, db: curveAt(hz) })),
      centroidHz: 1_480,
      rolloffHz: 3_900,
      spreadHz: 2_400,
      flatness: 0.11,
      tiltDbPerOctave: -2.1,
      highestHz: 20_900,
    },
    rhythm: {
      tempoBpm: 120,
      confidence: 0.9,
      candidates: [
        { tempoBpm: 60, confidence: 0.3, relation: 'half' },
        { tempoBpm: 240, confidence: 0.1, relation: 'double' },
      ],
      beatsSeconds: [0.5, 1, 1.5, 2],
      onsetsSeconds: [0.5, 0.75, 1],
    },
    tonality: {
      key: 'A minor',
      confidence: 0.82,
      runnerUp: { key: 'C major', confidence: 0.61 },
      detuningCents: 3,
      chroma: [0.9, 0.1, 0.4, 0.1, 0.8, 0.3, 0.1, 0.5, 0.2, 1, 0.1, 0.4],
    },
    silence: [],
    series: {
      stepSeconds,
      momentaryLufs: series((share) => -14 + 3 * Math.sin(share * 90) + song(share)),
      shortTermLufs: series((share) => -14 + 0.8 * Math.sin(share * 25) + song(share)),
      truePeakDbtp: series((share) => Math.min(-1.5, -3 + Math.sin(share * 400) + song(share) / 2)),
      correlation: series((share) => 0.62 + 0.2 * Math.sin(share * 60)),
      centroidHz: series((share) => 1_480 + 300 * Math.sin(share * 40)),
      bandsDb: bandNames.map((_, index) => series((share) => -22 - 2 * index + 2 * Math.sin(share * 30 + index))),
    },
    waveform: {
      stepSeconds: 0.1125,
      low: Array.from({ length: 1_600 }, (_, index) => -swell(index)),
      high: Array.from({ length: 1_600 }, (_, index) => 0.97 * swell(index)),
    },
  };
}

/** Quiet verses, loud choruses. */
function song(share: number): number {
  return share < 0.08
    ? -9
    : share < 0.3
      ? -2.5
      : share < 0.45
        ? 1
        : share < 0.6
          ? -2
          : share < 0.75
            ? 1.3
            : share < 0.82
              ? -6
              : 1.5;
}

function swell(index: number): number {
  const noise = Math.abs(Math.sin(index * 12.9898) * 43_758.5453) % 1;
  return Math.min(0.84, (0.6 + 0.4 * noise) * 0.66 * 10 ** (song(index / 1_600) / 20));
}

function curveAt(hz: number): number {
  const [first = 25] = thirdOctaveCentersHz;
  const position = Math.log2(Math.max(hz, first) / first) * 3;
  const levels = popSpectrum();
  const [a = 0, b = a] = [
    levels[Math.floor(position)]?.db ?? levels.at(-1)?.db ?? 0,
    levels[Math.ceil(position)]?.db ?? 0,
  ];
  const low = Math.max(0, Math.log2(first / hz)) * 9;
  return (a ?? 0) + ((b ?? a ?? 0) - (a ?? 0)) * (position % 1) - low + Math.sin(hz / 23) * 0.9;
}

function merge(base: unknown, overrides: unknown): unknown {
  const isRecord = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isRecord(base) || !isRecord(overrides)) return overrides === undefined ? base : overrides;
  return Object.fromEntries(Object.entries(base).map(([key, value]) => [key, merge(value, overrides[key])]));
}
