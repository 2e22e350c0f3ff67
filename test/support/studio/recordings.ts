import sharp from 'sharp';
import type { Judged, Place, Verdict } from '#processors/audio/analysis/analysis.ts';

/** A made-up recording of a song's shape, for pages that are looked at without a server's work behind them. */
export interface MadeUp {
  readonly durationSeconds?: number;
  readonly integratedLufs?: number;
  readonly mono?: boolean;
  readonly silent?: boolean;
  readonly verdicts?: readonly Verdict[];
}

const bandNames = ['sub', 'bass', 'low-mid', 'mid', 'high-mid', 'treble'] as const;
const bandEdgesHz = [20, 60, 250, 500, 2_000, 6_000, 20_000];
const thirdsHz = [
  25, 31.5, 40, 50, 63, 80, 100, 125, 160, 200, 250, 315, 400, 500, 630, 800, 1_000, 1_250, 1_600, 2_000, 2_500, 3_150,
  4_000, 5_000, 6_300, 8_000, 10_000, 12_500, 16_000, 20_000,
];

/** Where it is too loud, as shares of its length. */
const peakShares = [0.3, 0.393, 0.662, 0.666, 0.884];
const clipShares = [0.339, 0.726, 0.751];

/** How loud the song is at a share of its length, relative to its loudest: quiet verse, loud chorus, fade. */
function shapeDb(share: number): number {
  const part = share < 0.08 ? -14 : share < 0.3 ? -6 : share < 0.45 ? -1 : share < 0.62 ? -5 : share < 0.93 ? 0 : -20;
  return part + 1.6 * Math.sin(share * 190) + 0.8 * Math.sin(share * 611);
}

export function madeUpAnalysis(options: MadeUp = {}): Judged {
  const { durationSeconds = 213.4, integratedLufs = -8.6, mono = false, silent = false } = options;
  const points = 1_067;
  const stepSeconds = durationSeconds / points;
  const series = (of: (share: number) => number) =>
    Array.from({ length: points }, (_, at) => (silent ? null : of(at / points)));
  const loudest = integratedLufs + 1.8;
  const steps = Array.from({ length: 1_600 }, (_, at) => {
    const level = 10 ** ((shapeDb(at / 1_600) - 1 + 2.5 * Math.sin(at * 7.7)) / 20);
    return silent ? 0 : Math.min(1, level * (0.72 + 0.28 * Math.abs(Math.sin(at * 1.9))));
  });
  const spectrumDb = (hz: number): number =>
    -28 -
    3.2 * Math.log2(hz / 1_000) -
    1.3 * Math.max(0, Math.log2(hz / 4_000)) ** 2 -
    (hz < 45 ? 9 * Math.log2(45 / hz) : 0);
  const level = <T extends number>(value: T): T | null => (silent ? null : value);
  return {
    durationSeconds,
    sampleRateHz: 44_100,
    channels: mono ? 1 : 2,
    source: { container: 'mp3', codec: 'mp3', bitsPerSample: null, layout: mono ? ['M'] : ['L', 'R'] },
    loudness: {
      integratedLufs: level(integratedLufs),
      maxShortTermLufs: level(loudest),
      maxMomentaryLufs: level(loudest + 1.1),
      rangeLu: level(6.4),
      rangeStable: durationSeconds > 60,
      truePeakDbtp: level(0.6),
      samplePeakDbfs: level(0),
      plrDb: level(0.6 - integratedLufs),
      channelTruePeaksDbtp: mono ? [level(0.6)] : [level(0.6), level(0.4)],
      peaks: silent ? [] : peakShares.map((share) => ({ ...place(share * durationSeconds), channel: 0, dbtp: 0.6 })),
    },
    dynamics: {
      rmsDbfs: level(-10.9),
      crestDb: level(10.9),
      dynamicRangeDb: level(6),
      clippedSamples: silent ? 0 : 214,
      clips: silent ? [] : clipShares.map((share) => ({ ...place(share * durationSeconds), channel: 1, samples: 12 })),
      dcOffset: 0.0002,
      noiseFloorDbfs: level(-58.3),
      effectiveBits: null,
    },
    stereo: mono
      ? null
      : {
          correlation: level(0.62),
          widthPercent: level(24),
          monoCompatibilityDb: level(-1.1),
          balanceDb: level(0.4),
          bands: bandNames.map((name, at) => ({
            name,
            fromHz: bandEdgesHz[at] ?? 0,
            toHz: bandEdgesHz[at + 1] ?? 0,
            correlation: level([0.99, 0.94, 0.72, 0.6, 0.41, 0.33][at] ?? 0),
            widthPercent: level([1, 4, 18, 24, 38, 44][at] ?? 0),
            monoCompatibilityDb: level([0, -0.1, -0.7, -1, -1.8, -2.1][at] ?? 0),
          })),
          inversions: [],
        },
    spectrum: {
      thirdOctaveDb: thirdsHz.map((centerHz) => ({
        centerHz,
        db: level(spectrumDb(centerHz) + 2.4 * Math.sin(centerHz ** 0.4 * 1.7)),
      })),
      curve: Array.from({ length: 240 }, (_, at) => {
        const hz = 20 * 2 ** (at / 24);
        return { hz, db: level(spectrumDb(hz) + 2.4 * Math.sin(hz ** 0.4 * 1.7) + Math.sin(at * 1.3)) };
      }),
      centroidHz: level(2_143),
      rolloffHz: level(5_820),
      spreadHz: level(2_400),
      flatness: level(0.08),
      tiltDbPerOctave: level(-4.1),
      highestHz: level(16_050),
    },
    rhythm: silent
      ? { tempoBpm: null, confidence: 0, candidates: [], beatsSeconds: [], onsetsSeconds: [] }
      : {
          tempoBpm: 124.02,
          confidence: 0.86,
          candidates: [
            { tempoBpm: 62.01, confidence: 0.41, relation: 'half' },
            { tempoBpm: 248.04, confidence: 0.2, relation: 'double' },
            { tempoBpm: 82.7, confidence: 0.12, relation: 'other' },
          ],
          beatsSeconds: Array.from({ length: 400 }, (_, at) => at * 0.4838),
          onsetsSeconds: [],
        },
    tonality: silent
      ? { key: null, confidence: 0, runnerUp: null, detuningCents: null, chroma: Array.from({ length: 12 }, () => 0) }
      : {
          key: 'F# minor',
          confidence: 0.78,
          runnerUp: { key: 'A major', confidence: 0.16 },
          detuningCents: -4.2,
          chroma: [0.18, 0.74, 0.2, 0.25, 0.62, 0.21, 1, 0.3, 0.35, 0.8, 0.22, 0.58],
        },
    silence: silent ? [{ startSeconds: 0, endSeconds: durationSeconds, where: 'all' }] : [],
    series: {
      stepSeconds,
      momentaryLufs: series((share) => loudest + shapeDb(share) + 1.4 * Math.sin(share * 1_700)),
      shortTermLufs: series((share) => loudest - 0.6 + shapeDb(share)),
      truePeakDbtp: series((share) => Math.min(0.6, shapeDb(share) * 0.7 + 0.4 + 0.7 * Math.sin(share * 913))),
      correlation: series((share) => 0.62 + 0.25 * Math.sin(share * 40) - (share > 0.5 && share < 0.56 ? 0.9 : 0)),
      centroidHz: series((share) => 2_000 + 600 * Math.sin(share * 60)),
      bandsDb: bandNames.map((_name, band) => series((share) => -20 - 4 * band + shapeDb(share))),
    },
    waveform: { stepSeconds: durationSeconds / 1_600, low: steps.map((value) => -value * 0.94), high: steps },
    services: (
      [
        ['spotify', -5.4, -14],
        ['apple-music', -7.4, -16],
        ['youtube', -5.4, -14],
        ['deezer', -6.4, -15],
        ['tidal', -5.4, -14],
        ['amazon-music', -5.4, -14],
        ['soundcloud', 0, -8.6],
      ] as const
    ).map(([target, gainDb, playsAtLufs]) => ({
      target,
      gainDb: level(gainDb),
      playsAtLufs: level(playsAtLufs),
      truePeakDbtp: level(0.6 + gainDb),
    })),
    verdicts: options.verdicts ?? problems(durationSeconds),
  };
}

/** The same, held against a reference. */
export function madeUpComparison(analysis: Judged): Judged {
  const { spectrum, loudness } = analysis;
  const tilted = (hz: number): number => 1.1 * Math.log2(hz / 900);
  return {
    ...analysis,
    comparison: {
      reference: {
        integratedLufs: -10.2,
        rangeLu: 7.8,
        truePeakDbtp: -1,
        thirdOctaveDb: spectrum.thirdOctaveDb.map(({ centerHz, db }) => ({
          centerHz,
          db: db === null ? null : db - 1.6 + tilted(centerHz),
        })),
        curve: spectrum.curve.map(({ hz, db }) => ({ hz, db: db === null ? null : db - 1.6 + tilted(hz) })),
      },
      loudnessDb: (loudness.integratedLufs ?? 0) + 10.2,
      rangeLu: -1.4,
      plrDb: -1.8,
      widthPercent: -9,
      thirdOctaveDb: spectrum.thirdOctaveDb.map(({ centerHz }) => ({ centerHz, db: -tilted(centerHz) })),
      bands: bandNames.map((name, at) => ({ name, levelDb: 3 - at * 1.2, widthPercent: -2 * at })),
    },
  };
}

function place(startSeconds: number): Place {
  return { startSeconds, endSeconds: startSeconds + 0.01 };
}

const problems = (durationSeconds: number): readonly Verdict[] => [
  {
    code: 'not-ready',
    severity: 'problem',
    measured: 3,
    target: 0,
    unit: 'findings',
    places: [],
    text: {
      'pt-BR': 'Ainda não está pronta para o Spotify. Resolva primeiro: picos altos demais; clipping.',
      en: 'Not ready for Spotify yet. To solve first: peaks too high; clipping.',
    },
  },
  {
    code: 'true-peak-above-ceiling',
    severity: 'problem',
    measured: 0.6,
    target: -1,
    unit: 'dBTP',
    places: peakShares.map((share) => place(share * durationSeconds)),
    text: {
      'pt-BR':
        'Os picos passam do teto: ao ser convertida para streaming, a faixa vai distorcer. Baixe o teto do limiter para −1 dBTP.',
      en: 'The peaks pass the ceiling: once converted for streaming, the track will distort. Lower the limiter’s ceiling to −1 dBTP.',
    },
  },
  {
    code: 'clipping',
    severity: 'problem',
    measured: 214,
    target: null,
    unit: 'samples',
    places: clipShares.map((share) => place(share * durationSeconds)),
    text: {
      'pt-BR': 'Há clipagem em três pontos. Reduza o ganho antes do limiter nesses trechos.',
      en: 'It clips at three places. Lower the gain before the limiter there.',
    },
  },
  {
    code: 'loudness-above-target',
    severity: 'warning',
    measured: -8.6,
    target: -14,
    unit: 'LUFS',
    places: [],
    text: {
      'pt-BR': 'O Spotify vai baixar a faixa em 5,4 dB. O volume extra não será ouvido; a dinâmica perdida, sim.',
      en: 'Spotify will turn the track down by 5.4 dB. The extra loudness will not be heard; the lost dynamics will.',
    },
  },
  {
    code: 'stereo-fits',
    severity: 'good',
    measured: 0.62,
    target: null,
    unit: '',
    places: [],
    text: { 'pt-BR': 'Soma bem em mono.', en: 'It adds up well in mono.' },
  },
];

/** A picture as the analysis makes it, of nothing in particular. */
export function madeUpSpectrogram(): Promise<Buffer> {
  const [width, height] = [800, 256];
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const strength =
        Math.max(0, 1 + shapeDb(x / width) / 30) * (0.25 + 0.75 * (y / height)) * (0.7 + 0.3 * Math.sin(y * 0.9));
      pixels.set([strength * 250, strength ** 2.2 * 170, 70 + strength * 90 * (1 - strength)], (y * width + x) * 3);
    }
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}
