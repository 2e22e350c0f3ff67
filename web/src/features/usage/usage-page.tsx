import { Trans, useLingui } from '@lingui/react/macro';
import { Loader } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getUsage } from '../../api/usage.ts';
import { Notice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Panel } from '../../ui/panel.tsx';
import { useAccountErrorText } from '../account/use-account-error-text.ts';
import { DaysPanel } from './days-panel.tsx';
import { everyDay } from './every-day.ts';
import { Meter } from './meter.tsx';
import classes from './usage-page.module.css';

/** So often it is looked at again while somebody watches it. */
const againMs = 30_000;

/** What the plan allows, and how much of it is used. */
export function UsagePage() {
  const { t, i18n } = useLingui();
  const errorText = useAccountErrorText();
  const { data, error, isPending } = useQuery({
    queryKey: ['usage'],
    queryFn: ({ signal }) => getUsage(signal),
    refetchInterval: againMs,
  });
  const day = new Intl.DateTimeFormat(i18n.locale, { dateStyle: 'long', timeZone: 'UTC' });
  return (
    <Page
      title={<Trans>Plan and usage</Trans>}
      lead={
        data && (
          <Trans>
            Plan {data.plan.name}. This month began on {day.format(new Date(data.period.from))}.
          </Trans>
        )
      }
    >
      {error && <Notice kind="error">{errorText(error)}</Notice>}
      {isPending && <Loader role="status" aria-label={t`Loading`} />}
      {data && (
        <>
          <Panel title={<Trans>What the plan allows</Trans>}>
            <ul className={classes.meters}>
              {data.limits.map((limit) => (
                <Meter key={limit.name} limit={limit} />
              ))}
            </ul>
          </Panel>
          <DaysPanel days={everyDay(data.days, data.period.from)} />
        </>
      )}
    </Page>
  );
}
