const pitchNames = ['C', 'C#', 'D', 'D#', 'E', 'F', 'F#', 'G', 'G#', 'A', 'A#', 'B'] as const;
const modes = ['major', 'minor'] as const;

/** How strong each degree is in pieces of a mode, from the tonic up: mean profiles of annotated recordings. */
const profiles = {
  /** Faraldo's `bgate`, as in essentia: degrees that do not matter are 0. */
  bgate: {
    major: [1, 0, 0.42, 0, 0.53, 0.37, 0, 0.77, 0, 0.38, 0.21, 0.3],
    minor: [1, 0, 0.36, 0.39, 0, 0.38, 0, 0.74, 0.27, 0, 0.42, 0.23],
  },
  /** Faraldo's `edma`, as in essentia. */
  edma: {
    major: [1, 0.29, 0.5, 0.4, 0.6, 0.56, 0.32, 0.8, 0.31, 0.45, 0.42, 0.39],
    minor: [1, 0.31, 0.44, 0.58, 0.33, 0.49, 0.29, 0.78, 0.43, 0.29, 0.53, 0.32],
  },
} as const;
const triads: Readonly<Record<(typeof modes)[number], readonly number[]>> = { major: [0, 4, 7], minor: [0, 3, 7] };

/**
 * Weights, from conditional logistic regression on generated pieces for training, so that scores are logarithms of odds. What opens
 * a piece has half the weight that was best there: those pieces open with their tonic more often than songs do.
 */
const weights = { bgate: 4.2, edma: 3.8, isMajor: -0.3, opening: 1.35 };

export interface KeyReading {
  /** `A minor`, `F# major`. */
  readonly key: string;
  /** Of all 24 together, 1. */
  readonly confidence: number;
}

/**
 * All 24 keys, the likeliest first: correlation with profiles, and whether the piece opens with the tonic triad, which
 * tells a key from its relatives with the same tones.
 *
 * @param chroma of the whole, from C
 * @param opening chroma of the first seconds
 * @see Faraldo, Jordà & Herrera, A multi-profile method for key estimation in EDM, 2017
 */
export function rankKeys(chroma: readonly number[], opening: readonly number[]): readonly KeyReading[] {
  const first = standardised(opening);
  const keys = pitchNames.flatMap((name, tonic) =>
    modes.map((mode) => {
      const degrees = chroma.map((_, degree) => chroma[(tonic + degree) % 12] as number);
      const triad = triads[mode].reduce((sum, degree) => sum + (first[(tonic + degree) % 12] as number) / 3, 0);
      const score =
        weights.bgate * correlation(degrees, profiles.bgate[mode]) +
        weights.edma * correlation(degrees, profiles.edma[mode]) +
        weights.opening * triad +
        (mode === 'major' ? weights.isMajor : 0);
      return { key: `${name} ${mode}`, odds: Math.exp(score) };
    }),
  );
  const total = keys.reduce((sum, { odds }) => sum + odds, 0);
  return keys.map(({ key, odds }) => ({ key, confidence: odds / total })).sort((a, b) => b.confidence - a.confidence);
}

/** Pearson's. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [standardised(a), standardised(b)];
  return x.reduce((sum, value, i) => sum + value * (y[i] as number), 0) / x.length;
}

/** With mean 0 and deviation 1; all 0 where all are equal. */
function standardised(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return values.map((value) => (deviation > 0 ? (value - mean) / deviation : 0));
}
