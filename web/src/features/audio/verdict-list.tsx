import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconAlertTriangle, IconBulb, IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { useState } from 'react';
import { type Severity, severityNames } from './answer.ts';
import { clockText } from './figures.ts';
import classes from './verdict-list.module.css';
import { measuredText, textOf, titleOf, type Verdict } from './verdict-text.ts';

interface Props {
  /** The worst first. */
  readonly verdicts: readonly Verdict[];
  /** Goes to a place in the recording and plays from there. */
  readonly onPlace: (seconds: number) => void;
}

const icons = {
  problem: IconCircleX,
  warning: IconAlertTriangle,
  advice: IconBulb,
  good: IconCircleCheck,
} as const satisfies Record<Severity, unknown>;

const fewPlaces = 6;

/** What is to be said of the mix; what is fine already waits behind a line. */
export function VerdictList({ verdicts, onPlace }: Props) {
  const { i18n } = useLingui();
  const good = verdicts.filter(({ severity }) => severity === 'good');
  const open = verdicts.filter(({ severity }) => severity !== 'good');
  if (verdicts.length === 0) return null;
  return (
    <div className={classes.frame}>
      {open.length > 0 && <Rows verdicts={open} onPlace={onPlace} />}
      {good.length > 0 && (
        <details className={classes.fine} open={open.length === 0}>
          <summary className={classes.summary}>
            <IconCircleCheck className={classes.icon} size={22} stroke={1.8} aria-hidden />
            <span>
              <strong>
                <Plural value={good.length} one="# thing is fine" other="# things are fine" />
              </strong>
              <span className={classes.titles}>{good.map((verdict) => titleOf(verdict, i18n.locale)).join(' · ')}</span>
            </span>
          </summary>
          <Rows verdicts={good} onPlace={onPlace} />
        </details>
      )}
    </div>
  );
}

function Rows({ verdicts, onPlace }: Props) {
  return (
    <ul className={classes.list}>
      {verdicts.map((verdict, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a code may come twice
        <li key={`${verdict.code} ${at}`} className={classes.verdict} data-severity={verdict.severity}>
          <VerdictRow verdict={verdict} onPlace={onPlace} />
        </li>
      ))}
    </ul>
  );
}

function VerdictRow({ verdict, onPlace }: { readonly verdict: Verdict } & Pick<Props, 'onPlace'>) {
  const { t, i18n } = useLingui();
  const [all, setAll] = useState(false);
  const { locale } = i18n;
  const { severity, unit } = verdict;
  // Several within a second are one place to a person.
  const places = verdict.places.filter(({ startSeconds }, at, all) => {
    const before = all[at - 1];
    return before === undefined || clockText(startSeconds) !== clockText(before.startSeconds);
  });
  const Icon = icons[severity];
  const shown = all ? places : places.slice(0, fewPlaces);
  const measured = measuredText(verdict.measured, unit, locale);
  const target = measuredText(verdict.target, unit, locale);
  return (
    <>
      <Icon className={classes.icon} size={22} stroke={1.8} aria-hidden />
      <div className={classes.words}>
        <h3 className={classes.title}>
          <span className={classes.severity}>{i18n._(severityNames[severity])}: </span>
          {titleOf(verdict, locale)}
        </h3>
        <p className={classes.text}>{textOf(verdict, locale)}</p>
        {places.length > 0 && (
          <div className={classes.places}>
            {shown.map(({ startSeconds }) => (
              <button
                key={startSeconds}
                type="button"
                className={classes.place}
                aria-label={t`Play from ${clockText(startSeconds)}`}
                onClick={() => onPlace(startSeconds)}
              >
                {clockText(startSeconds)}
              </button>
            ))}
            {places.length > shown.length && (
              <Button variant="subtle" size="compact-sm" onClick={() => setAll(true)}>
                <Plural value={places.length - shown.length} one="# more" other="# more" />
              </Button>
            )}
          </div>
        )}
      </div>
      {measured !== undefined && (
        <p className={classes.measured}>
          <strong>{measured}</strong>
          {target !== undefined && (
            <span>
              <Trans>target {target}</Trans>
            </span>
          )}
        </p>
      )}
    </>
  );
}
