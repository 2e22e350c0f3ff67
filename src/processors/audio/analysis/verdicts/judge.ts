import type { Analysis, Measured, Verdict } from '../analysis.ts';
import type { GenreName } from './balance-curve.ts';
import { compare } from './comparison.ts';
import { readiness } from './readiness.ts';
import { type Rule, type Subject, verdict } from './rule.ts';
import { balance } from './rules/balance.ts';
import { clipping } from './rules/clipping.ts';
import { dynamics } from './rules/dynamics.ts';
import { loudness } from './rules/loudness.ts';
import { music } from './rules/music.ts';
import { peaks } from './rules/peaks.ts';
import { phase } from './rules/phase.ts';
import { reference as againstReference } from './rules/reference.ts';
import { silence } from './rules/silence.ts';
import { stereo } from './rules/stereo.ts';
import { technical } from './rules/technical.ts';
import { outcome, serviceOutcomes } from './services.ts';
import { type TargetName, targets } from './targets.ts';
import { say } from './words.ts';

/** Within one severity, in this order. */
const rules: readonly Rule[] = [
  clipping,
  peaks,
  loudness,
  dynamics,
  phase,
  stereo,
  balance,
  againstReference,
  technical,
  silence,
  music,
];

const severities: readonly Verdict['severity'][] = ['problem', 'warning', 'advice', 'good'];

/**
 * What the figures mean: what every service does to the recording, how it compares, and sentences for a musician.
 *
 * @param reference a recording to hold it against; without sound, it is left aside
 * @returns verdicts: first whether it is ready, then the worst first
 */
export function judge(
  measured: Measured,
  { target: targetName, genre }: { readonly target: TargetName; readonly genre: GenreName },
  reference?: Measured,
): Pick<Analysis, 'services' | 'comparison' | 'verdicts'> {
  const services = serviceOutcomes(measured);
  const comparison = reference === undefined ? {} : { comparison: compare(measured, reference) };
  const nothing = nothingToJudge(measured);
  if (nothing !== undefined) return { services, ...comparison, verdicts: [nothing] };
  const target = targets[targetName];
  const subject: Subject = {
    measured,
    targetName,
    target,
    genre,
    outcome: outcome(targetName, target, measured),
    ...comparison,
  };
  const found = rules.flatMap((rule) => rule(subject));
  const sorted = severities.flatMap((severity) => found.filter((candidate) => candidate.severity === severity));
  return { services, ...comparison, verdicts: [readiness(subject, found), ...sorted] };
}

/** Silence, and what is shorter than the 400 ms that loudness needs, has one verdict; all others would be nonsense. */
function nothingToJudge({
  loudness: { integratedLufs, samplePeakDbfs },
  durationSeconds,
  silence: stretches,
}: Measured) {
  if (samplePeakDbfs === null || stretches.some(({ where }) => where === 'all')) {
    return verdict(
      'silent',
      'problem',
      { unit: 'LUFS', places: [{ startSeconds: 0, endSeconds: durationSeconds }] },
      say(
        () =>
          'There is nothing to hear in this file: it is silence from beginning to end. Look whether the right track was exported and nothing was muted.',
        () =>
          'Não há nada para ouvir neste arquivo: é silêncio do começo ao fim. Veja se a faixa certa foi exportada e se nada ficou mudo.',
      ),
    );
  }
  if (integratedLufs !== null) return undefined;
  const short = durationSeconds < 0.4;
  return verdict(
    short ? 'too-short' : 'silent',
    'problem',
    { measured: short ? durationSeconds : null, target: short ? 0.4 : null, unit: short ? 's' : 'LUFS' },
    short
      ? say(
          () => 'It is shorter than the 0.4 s that a measurement of loudness needs: there is nothing to judge.',
          () => 'É mais curta que os 0,4 s que uma medição de loudness exige: não há o que avaliar.',
        )
      : say(
          () =>
            'It is so quiet (below −70 LUFS throughout) that no loudness can be measured: next to nothing was recorded, or a level is almost closed.',
          () =>
            'É tão baixa (sempre abaixo de −70 LUFS) que não dá para medir o loudness: quase nada foi gravado, ou algum nível está quase fechado.',
        ),
  );
}
