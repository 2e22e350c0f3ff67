import { Trans, useLingui } from '@lingui/react/macro';
import { Progress } from '@mantine/core';
import type { UsedLimit } from '../../api/usage.ts';
import { dayAndTime, sizeText } from '../../ui/times.ts';
import { isLimitName, limitNames } from './limit-names.ts';
import classes from './usage-page.module.css';

/** From this share on it is shown that little is left. */
const little = 0.9;

/** How much of one limit is used, and when it counts anew. */
export function Meter({ limit }: { readonly limit: UsedLimit }) {
  const { i18n } = useLingui();
  const { name, used, allowed, resetsAt } = limit;
  const label = isLimitName(name) ? i18n._(limitNames[name]) : name;
  const number = new Intl.NumberFormat(i18n.locale, { maximumFractionDigits: 1 });
  const amount = (value: number): string =>
    name.endsWith('Bytes') ? sizeText(value, i18n.locale) : number.format(value);
  const share = allowed === null ? 0 : allowed === 0 ? 1 : used / allowed;
  return (
    <li className={classes.meter}>
      <span className={classes.name}>{label}</span>
      <span className={classes.amount}>
        <span className={classes.used}>{amount(used)}</span>
        <span className={classes.of}>
          {allowed === null ? <Trans>without a limit</Trans> : <Trans>of {amount(allowed)}</Trans>}
        </span>
      </span>
      {allowed !== null && (
        <Progress
          value={Math.min(1, share) * 100}
          size="sm"
          color={share >= 1 ? 'var(--bad)' : share >= little ? 'var(--warn)' : 'teal'}
          aria-label={label}
        />
      )}
      {resetsAt !== null && (
        <span className={classes.resets}>
          <Trans>Counts anew on {dayAndTime(resetsAt, i18n.locale)}</Trans>
        </span>
      )}
    </li>
  );
}
