import { createRequire } from 'node:module';
import type { Piece } from '../../test/support/music/piece.ts';
import { scoreKey, scoreTempo } from '../../test/support/music/scores.ts';

/** The slice of essentia.js that is used. */
interface EssentiaVector {
  delete(): void;
}
interface Essentia {
  arrayToVector(samples: Float32Array): EssentiaVector;
  PercivalBpmEstimator(signal: EssentiaVector): { bpm: number };
  RhythmExtractor2013(signal: EssentiaVector): { bpm: number };
  KeyExtractor(signal: EssentiaVector): { key: string; scale: string };
}

/** acc1 and acc2 of two tempo estimators, exact and weighted of a key finder. */
export interface PeerScores {
  readonly percival: { readonly acc1: number; readonly acc2: number };
  readonly extractor: { readonly acc1: number; readonly acc2: number };
  readonly key: { readonly exact: number; readonly weighted: number };
}

const flats: Readonly<Record<string, string>> = { Db: 'C#', Eb: 'D#', Gb: 'F#', Ab: 'G#', Bb: 'A#' };

/** essentia.js, with its defaults. */
export async function createPeers() {
  const { Essentia: Constructor, EssentiaWASM } = createRequire(import.meta.url)('essentia.js') as {
    Essentia: new (wasm: unknown) => Essentia;
    EssentiaWASM: unknown;
  };
  const essentia = new Constructor(EssentiaWASM);
  return {
    score({ mix: [left, right], truth }: Piece): PeerScores {
      const mono = left.map((sample, i) => (sample + (right[i] ?? 0)) / 2);
      const signal = essentia.arrayToVector(mono);
      const { key, scale } = essentia.KeyExtractor(signal);
      const scores = {
        percival: scoreTempo(essentia.PercivalBpmEstimator(signal).bpm, truth.tempoBpm),
        extractor: scoreTempo(essentia.RhythmExtractor2013(signal).bpm, truth.tempoBpm),
        key: scoreKey(`${flats[key] ?? key} ${scale}`, truth.key),
      };
      signal.delete();
      return scores;
    },
    means(scores: readonly PeerScores[]): [string, (number | undefined)[]][] {
      const mean = (pick: (each: PeerScores) => number) =>
        scores.reduce((sum, each) => sum + pick(each), 0) / scores.length;
      return [
        ['essentia PercivalBpmEstimator', [mean((each) => each.percival.acc1), mean((each) => each.percival.acc2)]],
        ['essentia RhythmExtractor2013', [mean((each) => each.extractor.acc1), mean((each) => each.extractor.acc2)]],
        [
          'essentia KeyExtractor',
          [undefined, undefined, mean((each) => each.key.exact), mean((each) => each.key.weighted)],
        ],
      ];
    },
  };
}
