import type { CataloguePiece } from './catalogue.ts';
import { measureMusic } from './measure-samples.ts';
import { type Piece, sampleRateHz } from './piece.ts';
import { renderPiece } from './render-piece.ts';
import { fMeasure, scoreKey, scoreTempo } from './scores.ts';

/** What was found in one piece against what is true, each 0 … 1 unless a name says otherwise. */
export interface PieceScores {
  readonly acc1: number;
  readonly acc2: number;
  readonly keyExact: number;
  readonly keyWeighted: number;
  readonly beatF: number;
  readonly onsetF: number;
  readonly detuningErrorCents: number;
}

export interface EvaluatedPiece {
  readonly piece: CataloguePiece;
  readonly scores: PieceScores;
}

/** MIREX: beats within 70 ms, onsets within 50 ms. */
const beatToleranceSeconds = 0.07;
const onsetToleranceSeconds = 0.05;

/** Plays each piece, measures it, and forgets it before the next. */
export async function evaluate(
  list: readonly CataloguePiece[],
  onPiece: (evaluated: EvaluatedPiece, played: Piece) => void = () => {},
): Promise<EvaluatedPiece[]> {
  const all: EvaluatedPiece[] = [];
  for (const piece of list) {
    const played = renderPiece(piece.description, piece.seed);
    const { truth } = played;
    const { rhythm, tonality } = await measureMusic(played.mix, sampleRateHz);
    const key = scoreKey(tonality.key, truth.key);
    const evaluated = {
      piece,
      scores: {
        ...scoreTempo(rhythm.tempoBpm, truth.tempoBpm),
        keyExact: key.exact,
        keyWeighted: key.weighted,
        beatF: fMeasure(rhythm.beatsSeconds, truth.beatsSeconds, beatToleranceSeconds),
        onsetF: fMeasure(rhythm.onsetsSeconds, truth.onsetsSeconds, onsetToleranceSeconds),
        detuningErrorCents: Math.abs((tonality.detuningCents ?? 50) - truth.detuningCents),
      },
    };
    all.push(evaluated);
    onPiece(evaluated, played);
  }
  return all;
}

/** Mean of one score. */
export function meanScore(evaluated: readonly EvaluatedPiece[], name: keyof PieceScores): number {
  return evaluated.reduce((sum, { scores }) => sum + scores[name], 0) / evaluated.length;
}
