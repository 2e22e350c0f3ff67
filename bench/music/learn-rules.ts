import { phaseFeatures } from '../../src/processors/audio/analysis/rhythm/beat-phase.ts';
import { trackBeats } from '../../src/processors/audio/analysis/rhythm/beats.ts';
import { features } from '../../src/processors/audio/analysis/rhythm/octave-rule.ts';
import { createOnsetStrength, type OnsetStrength } from '../../src/processors/audio/analysis/rhythm/onset-strength.ts';
import { loadPeriodicity } from '../../src/processors/audio/analysis/rhythm/periodicity.ts';
import { onsetsAndStrokes } from '../../src/processors/audio/analysis/rhythm/rhythm-measure.ts';
import { weigh } from '../../src/processors/audio/analysis/rhythm/smoothing.ts';
import { findReadings } from '../../src/processors/audio/analysis/rhythm/tempo.ts';
import { createDsp } from '../../src/processors/shared/audio/dsp/dsp.ts';
import { feedSamples } from '../../test/support/audio/measure-samples.ts';
import { pieces } from '../../test/support/music/catalogue.ts';
import { type PieceTruth, type Stereo, sampleRateHz } from '../../test/support/music/piece.ts';
import { renderPiece } from '../../test/support/music/render-piece.ts';
import { type Choice, fitChoice } from './fit-choice.ts';

const ridge = 0.001;
const folds = 4;
const dsp = await createDsp();
const kernel = await loadPeriodicity(dsp);

/**
 * Derives the weights of the octave rule and of the phase of beats from pieces for training, prints them, and how often they
 * are right on the quarter of the pieces that was left out.
 *
 *     npm run bench -- music learn
 */
export async function learnRules(count = 440): Promise<void> {
  const octaves: Choice[] = [];
  const phases: Choice[] = [];
  for (const { description, seed } of pieces(count, 'training')) {
    const { mix, truth } = renderPiece(description, seed);
    const strength = await strengthOf(mix);
    const { onsets, strokes } = onsetsAndStrokes(dsp, kernel, strength);
    const { readings } = findReadings(dsp, kernel, strokes, onsets);
    const right = readings.findIndex(({ tempoBpm }) => Math.abs(tempoBpm / truth.tempoBpm - 1) < 0.04);
    if (right >= 0) octaves.push({ candidates: readings.map(features), right });
    const phase = phaseChoice(strokes, truth);
    if (phase !== undefined) phases.push(phase);
  }
  report('octave rule', octaves);
  report('phase of beats', phases);
}

async function strengthOf(mix: Stereo): Promise<OnsetStrength> {
  const layout = ['left', 'right'] as const;
  const setup = { dsp: await createDsp(), format: { container: 'wav', codec: 'PCM', sampleRateHz, layout } };
  const measure = await createOnsetStrength(setup);
  feedSamples(setup, [measure], mix);
  return measure.result();
}

/** Which quarter of the beats that were tracked the true ones are; undefined where they do not keep step. */
function phaseChoice({ bands, rateHz }: OnsetStrength, truth: PieceTruth): Choice | undefined {
  const beats = trackBeats(dsp, kernel, weigh(bands, []), (60 * rateHz) / truth.tempoBpm);
  let [x, y, next] = [0, 0, 0];
  for (const seconds of truth.beatsSeconds) {
    const beat = seconds * rateHz;
    while (next < beats.length && (beats[next] as number) <= beat) next += 1;
    const [from, to] = [beats[next - 1], beats[next]];
    if (from === undefined || to === undefined) continue;
    const angle = (2 * Math.PI * (beat - from)) / (to - from);
    x += Math.cos(angle);
    y += Math.sin(angle);
  }
  if (Math.hypot(x, y) < 0.8 * truth.beatsSeconds.length) return undefined;
  return {
    candidates: phaseFeatures(beats, bands),
    right: (Math.round((4 * Math.atan2(y, x)) / (2 * Math.PI)) + 4) % 4,
  };
}

function report(name: string, choices: readonly Choice[]): void {
  let rightOnes = 0;
  for (let fold = 0; fold < folds; fold += 1) {
    const weights = fitChoice(
      choices.filter((_, i) => i % folds !== fold),
      ridge,
    );
    for (const { candidates, right } of choices.filter((_, i) => i % folds === fold)) {
      const scores = candidates.map((values) => values.reduce((sum, value, k) => sum + value * (weights[k] ?? 0), 0));
      if (scores.indexOf(Math.max(...scores)) === right) rightOnes += 1;
    }
  }
  console.log(`${name}: right on ${((100 * rightOnes) / choices.length).toFixed(1)} % of what was left out`);
  console.log(fitChoice(choices, ridge).map((weight) => Number(weight.toFixed(2))));
}
