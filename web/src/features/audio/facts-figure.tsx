import { Plural, Trans, useLingui } from '@lingui/react/macro';
import type { Analysis } from '../../api/audio.ts';
import { Figure } from './charts/figure.tsx';
import classes from './facts-figure.module.css';
import { clockText, figureText, frequencyText, levelText, numberText } from './figures.ts';

interface Props {
  readonly analysis: Analysis;
}

/** What was measured besides: dynamics, levels, and the file itself. */
export function FactsFigure({ analysis }: Props) {
  const { t, i18n } = useLingui();
  const { locale } = i18n;
  const { loudness, dynamics, source, silence } = analysis;
  const silent = silence.reduce((sum, { startSeconds, endSeconds }) => sum + endSeconds - startSeconds, 0);
  const channels = analysis.channels === 1 ? t`mono` : analysis.channels === 2 ? t`stereo` : source.layout.join(', ');
  const facts: readonly (readonly [string, string | number])[] = [
    [t`Loudest moment`, levelText(loudness.maxMomentaryLufs, 'LUFS', locale)],
    [t`Loudest three seconds`, levelText(loudness.maxShortTermLufs, 'LUFS', locale)],
    [t`Peak to loudness`, figureText(loudness.plrDb, 'dB', locale)],
    [t`Sample peak`, levelText(loudness.samplePeakDbfs, 'dBFS', locale)],
    [t`RMS`, levelText(dynamics.rmsDbfs, 'dBFS', locale)],
    [t`Crest factor`, figureText(dynamics.crestDb, 'dB', locale)],
    [t`Dynamic range (DR)`, figureText(dynamics.dynamicRangeDb, 'dB', locale)],
    [t`Clipped samples`, numberText(dynamics.clippedSamples, locale, 0)],
    [t`Noise floor`, levelText(dynamics.noiseFloorDbfs, 'dBFS', locale)],
    [t`DC offset`, figureText(dynamics.dcOffset * 100, '%', locale)],
    [t`Silence`, silent === 0 ? t`none` : figureText(silent, 's', locale)],
    [
      t`Format`,
      `${source.codec} · ${frequencyText(analysis.sampleRateHz, locale)}${
        source.bitsPerSample === null ? '' : ` · ${source.bitsPerSample} bit`
      }`,
    ],
    ...(dynamics.effectiveBits === null
      ? []
      : [[t`Bits really used`, figureText(dynamics.effectiveBits, '', locale, 0)] as const]),
    [t`Channels`, channels],
    [t`Length`, clockText(analysis.durationSeconds)],
  ];
  return (
    <Figure
      title={<Trans>Measurements</Trans>}
      lead={
        dynamics.clippedSamples > 0 ? (
          <Plural
            value={dynamics.clips.length}
            one="Clipped at # place; it is marked on the waveform."
            other="Clipped at # places; they are marked on the waveform."
          />
        ) : undefined
      }
    >
      <dl className={classes.facts} aria-label={t`Measurements`}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Figure>
  );
}
