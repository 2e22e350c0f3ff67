import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import type { CSSProperties, ReactNode } from 'react';
import type { Analysis } from '../../api/audio.ts';
import { Figure } from './charts/figure.tsx';
import { FiguresTable } from './charts/figures-table.tsx';
import { differenceText, figureText, keyText, noteNames, noteText, shareText } from './figures.ts';
import classes from './music-figure.module.css';

interface Props {
  readonly analysis: Analysis;
}

const relations = { half: msg`half time`, double: msg`double time`, other: msg`another reading` } as const;
const mostCandidates = 4;

/** Tempo and key, each with what else it may be. */
export function MusicFigure({ analysis: { rhythm, tonality } }: Props) {
  const { t, i18n } = useLingui();
  const { locale } = i18n;
  const sure = (share: number): ReactNode => <Trans>{shareText(share, locale)} sure</Trans>;
  return (
    <Figure
      title={<Trans>Tempo and key</Trans>}
      table={() => (
        <FiguresTable
          caption={t`How strong each note is`}
          head={[t`Note`, t`Strength`]}
          rows={noteNames.map((note, at) => [noteText(note, locale), shareText(tonality.chroma[at] ?? 0, locale)])}
        />
      )}
    >
      <div className={classes.pair}>
        <div className={classes.reading}>
          <p className={classes.big}>
            {rhythm.tempoBpm === null ? <Trans>No steady beat</Trans> : figureText(rhythm.tempoBpm, 'BPM', locale)}
          </p>
          {rhythm.tempoBpm !== null && <p className={classes.sure}>{sure(rhythm.confidence)}</p>}
          {rhythm.candidates.length > 0 && (
            <ul className={classes.others} aria-label={t`Other readings of the tempo`}>
              {rhythm.candidates.slice(0, mostCandidates).map(({ tempoBpm, relation }) => (
                <li key={tempoBpm}>
                  <strong>{figureText(tempoBpm, 'BPM', locale)}</strong> {i18n._(relations[relation])}
                </li>
              ))}
            </ul>
          )}
        </div>
        <div className={classes.reading}>
          <p className={classes.big}>{tonality.key === null ? <Trans>No key</Trans> : keyText(tonality.key, locale)}</p>
          {tonality.key !== null && <p className={classes.sure}>{sure(tonality.confidence)}</p>}
          <ul className={classes.others}>
            {tonality.runnerUp && (
              <li>
                <Trans>
                  or <strong>{keyText(tonality.runnerUp.key, locale)}</strong>
                </Trans>
                , {sure(tonality.runnerUp.confidence)}
              </li>
            )}
            {tonality.detuningCents !== null && (
              <li>
                <Trans>
                  Tuning <strong>{differenceText(tonality.detuningCents, t`cents`, locale)}</strong> from A = 440 Hz
                </Trans>
              </li>
            )}
          </ul>
        </div>
      </div>
      <div className={classes.chroma} role="img" aria-label={t`How strong each note is`}>
        {noteNames.map((note, at) => (
          <span
            key={note}
            className={classes.note}
            style={{ '--strength': tonality.chroma[at] ?? 0 } as CSSProperties}
            data-root={tonality.key?.split(' ')[0] === note || undefined}
          >
            {noteText(note, 'en')}
          </span>
        ))}
      </div>
    </Figure>
  );
}
