import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { IconBuilding, IconGauge, IconLicense } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { lazy } from 'react';
import { may, meQuery } from '../../api/me.ts';
import { type Section, Sections } from '../../ui/sections.tsx';
import { NoAccounts } from '../account/no-accounts.tsx';

const sections: readonly Section[] = [
  {
    id: 'workspaces',
    label: msg`Workspaces`,
    icon: IconBuilding,
    page: lazy(async () => ({ default: (await import('./tenants-page.tsx')).TenantsPage })),
  },
  {
    id: 'plans',
    label: msg`Plans`,
    icon: IconLicense,
    page: lazy(async () => ({ default: (await import('./plans-page.tsx')).PlansPage })),
  },
  {
    id: 'limits',
    label: msg`Limits`,
    icon: IconGauge,
    page: lazy(async () => ({ default: (await import('./limits-page.tsx')).LimitsPage })),
  },
];

/** For those who run the server: who is on it, and how much they may. */
export function ServerPage() {
  const { t } = useLingui();
  const { section } = useParams({ strict: false });
  const { data: me } = useQuery(meQuery);
  if (me?.user === undefined || !may(me, 'instance:read')) return <NoAccounts />;
  return <Sections label={t`Server`} title={t`Server`} to="/server/$section" sections={sections} current={section} />;
}
