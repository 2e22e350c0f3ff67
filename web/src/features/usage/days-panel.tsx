import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconChartBar, IconTable } from '@tabler/icons-react';
import { useState } from 'react';
import type { UsedDay } from '../../api/usage.ts';
import { FilterTabs } from '../../ui/filter-tabs.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Table } from '../../ui/table.tsx';
import { DaysChart } from './days-chart.tsx';

const kinds = { images: msg`Pictures`, audioMinutes: msg`Minutes of sound`, jobs: msg`Jobs` } as const;
type Kind = keyof typeof kinds;

/** What was used on each day, as a picture or in numbers. */
export function DaysPanel({ days }: { readonly days: readonly UsedDay[] }) {
  const { t, i18n } = useLingui();
  const [kind, setKind] = useState<Kind>('images');
  const [asTable, setAsTable] = useState(false);
  const number = new Intl.NumberFormat(i18n.locale, { maximumFractionDigits: 1 });
  const day = new Intl.DateTimeFormat(i18n.locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  const options = (Object.keys(kinds) as Kind[]).map((value) => ({ value, label: i18n._(kinds[value]) }));
  return (
    <Panel
      title={<Trans>Day by day</Trans>}
      action={
        <Button
          variant="subtle"
          size="compact-sm"
          color="gray"
          leftSection={asTable ? <IconChartBar size={16} aria-hidden /> : <IconTable size={16} aria-hidden />}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? <Trans>Picture</Trans> : <Trans>Table</Trans>}
        </Button>
      }
    >
      {asTable ? (
        <Table
          caption={t`Day by day`}
          head={[t`Day`, ...options.map(({ label }) => label)]}
          rows={days.map(({ date, images, audioMinutes, jobs }) => ({
            id: date,
            cells: [day.format(new Date(date)), ...[images, audioMinutes, jobs].map((value) => number.format(value))],
          }))}
          numbers
        />
      ) : (
        <>
          <FilterTabs<Kind> label={t`Show`} value={kind} options={options} onChange={setKind} />
          <DaysChart
            label={`${t`Day by day`}: ${i18n._(kinds[kind])}`}
            bars={days.map((of) => ({ label: day.format(new Date(of.date)), value: of[kind] }))}
          />
        </>
      )}
    </Panel>
  );
}
