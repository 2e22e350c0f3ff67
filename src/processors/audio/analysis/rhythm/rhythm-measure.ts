import type { Dsp } from '#processors/shared/audio/dsp/dsp.ts';
import type { Measure, MeasureSetup } from '#processors/shared/audio/measure.ts';
import type { Rhythm } from '../analysis.ts';
import { settlePhase } from './beat-phase.ts';
import { settledTempo, trackBeats } from './beats.ts';
import { createOnsetStrength, type OnsetStrength } from './onset-strength.ts';
import { onsetWeights, pickOnsets } from './onsets.ts';
import { loadPeriodicity, type PeriodicityKernel } from './periodicity.ts';
import { smooth, weigh } from './smoothing.ts';
import { readTempo, type TempoReading } from './tempo.ts';

/** Strokes of players who are not quite together become one. */
const smoothingSeconds = 0.029;

const noTempo = { tempoBpm: null, confidence: 0, candidates: [], beatsSeconds: [] };

/**
 * Tempo, beats and onsets of the mean of all channels. Memory: 16 bytes for each 6 ms.
 *
 * A recording has one tempo here; that of the loudest six minutes where it is longer. Beats follow it as it drifts.
 */
export async function createRhythmMeasure(setup: MeasureSetup): Promise<Measure<Rhythm>> {
  const { dsp } = setup;
  const strength = await createOnsetStrength(setup);
  const kernel = await loadPeriodicity(dsp);
  return {
    add: strength.add,
    result() {
      const { onsets, strokes } = onsetsAndStrokes(dsp, kernel, strength.result());
      const onsetsSeconds = onsets.map((onset) => onset / strokes.rateHz);
      const readings = readTempo(dsp, kernel, strokes, onsets);
      const [best] = readings;
      if (best === undefined) return { ...noTempo, onsetsSeconds };
      const beatsSeconds = beatsOf(dsp, kernel, strokes, best.tempoBpm).map((beat) => beat / strokes.rateHz);
      const correction = settledTempo(beatsSeconds, best.tempoBpm) / best.tempoBpm;
      const [{ tempoBpm, confidence }, ...others] = readings.map((reading) => ({
        ...reading,
        tempoBpm: reading.tempoBpm * correction,
      })) as [TempoReading, ...TempoReading[]];
      return { tempoBpm, confidence, candidates: candidatesBeside(tempoBpm, others), beatsSeconds, onsetsSeconds };
    },
  };
}

/**
 * What tempo and beats are looked for in; exported for the script that learns their rules.
 *
 * @param strength is smoothed where it stands, because of a long recording it is much
 */
export function onsetsAndStrokes(dsp: Dsp, kernel: PeriodicityKernel, strength: OnsetStrength) {
  const { bands, rateHz } = strength;
  const onsets = pickOnsets(weigh(bands, onsetWeights), rateHz);
  const reach = Math.round(smoothingSeconds * rateHz);
  for (const band of bands) smooth(dsp, kernel, band, reach);
  return { onsets, strokes: strength };
}

function beatsOf(dsp: Dsp, kernel: PeriodicityKernel, { bands, rateHz }: OnsetStrength, tempoBpm: number): number[] {
  return settlePhase(trackBeats(dsp, kernel, weigh(bands, []), (60 * rateHz) / tempoBpm), bands);
}

/** Half and double time are always named, likely or not: who counts differently finds his number. */
function candidatesBeside(best: number, others: readonly TempoReading[]): Rhythm['candidates'] {
  const isNear = (a: number, b: number) => Math.abs(a / b - 1) < 0.01;
  const missing = [best / 2, best * 2]
    .filter((wanted) => !others.some(({ tempoBpm }) => isNear(tempoBpm, wanted)))
    .map((tempoBpm) => ({ tempoBpm, confidence: 0 }));
  return [...others, ...missing].map(({ tempoBpm, confidence }) => ({
    tempoBpm,
    confidence,
    relation: isNear(tempoBpm, best / 2) ? 'half' : isNear(tempoBpm, best * 2) ? 'double' : 'other',
  }));
}
