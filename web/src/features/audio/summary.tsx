import { Trans, useLingui } from '@lingui/react/macro';
import type { Analysis, Target } from '../../api/audio.ts';
import { answerNames, answerOf } from './answer.ts';
import { figureText, keyText, levelText } from './figures.ts';
import classes from './summary.module.css';
import { useTargetName } from './use-names.ts';
import { answerAndFindings, textOf } from './verdict-text.ts';

interface Props {
  readonly analysis: Analysis;
  readonly target: Target;
}

/** The answer in a word, and the six numbers that people ask for first. */
export function Summary({ analysis, target }: Props) {
  const { t, i18n } = useLingui();
  const name = useTargetName();
  const { locale } = i18n;
  const { loudness, rhythm, tonality, dynamics } = analysis;
  const answer = answerOf(analysis);
  const { sum } = answerAndFindings(analysis.verdicts);
  const figures: readonly (readonly [string, string])[] = [
    [t`Loudness`, levelText(loudness.integratedLufs, 'LUFS', locale)],
    [t`True peak`, levelText(loudness.truePeakDbtp, 'dBTP', locale)],
    [t`Loudness range`, figureText(loudness.rangeLu, 'LU', locale)],
    [t`Dynamic range (DR)`, figureText(dynamics.dynamicRangeDb, 'dB', locale)],
    [t`Tempo`, figureText(rhythm.tempoBpm, 'BPM', locale)],
    [t`Key`, keyText(tonality.key, locale)],
  ];
  return (
    <section className={classes.summary} data-answer={answer}>
      <div className={classes.answer}>
        <span className={classes.question}>
          <Trans>Ready for {name(target)}?</Trans>
        </span>
        <strong className={classes.word}>{i18n._(answerNames[answer])}</strong>
        {sum && <p className={classes.why}>{textOf(sum, locale)}</p>}
      </div>
      <dl className={classes.figures}>
        {figures.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
