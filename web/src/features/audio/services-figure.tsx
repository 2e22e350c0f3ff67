import { Trans, useLingui } from '@lingui/react/macro';
import type { Analysis, Target } from '../../api/audio.ts';
import { Figure } from './charts/figure.tsx';
import { FiguresTable } from './charts/figures-table.tsx';
import { differenceText, levelText } from './figures.ts';
import { isTarget } from './goal.ts';
import { modeNames } from './names.ts';
import classes from './services-figure.module.css';
import { useTargetName } from './use-names.ts';

interface Props {
  readonly analysis: Analysis;
  readonly target: Target;
}

/** What each service makes of this recording. */
export function ServicesFigure({ analysis, target }: Props) {
  const { t, i18n } = useLingui();
  const name = useTargetName();
  const { locale } = i18n;
  const nameOf = (service: string): string => {
    if (isTarget(service)) return name(service);
    const mode = modeNames[service];
    return mode === undefined ? service : i18n._(mode);
  };
  return (
    <Figure
      title={<Trans>On each service</Trans>}
      lead={
        <Trans>By how much the volume is changed, how loud it then plays, and where its highest peak ends up.</Trans>
      }
    >
      <FiguresTable
        caption={t`On each service`}
        head={[t`Service`, t`Change, dB`, t`Plays at, LUFS`, t`True peak, dBTP`]}
        rows={analysis.services.map((service) => [
          <span key="name" className={service.target === target ? classes.chosen : undefined}>
            {nameOf(service.target)}
          </span>,
          differenceText(service.gainDb, '', locale),
          levelText(service.playsAtLufs, '', locale),
          levelText(service.truePeakDbtp, '', locale),
        ])}
      />
    </Figure>
  );
}
