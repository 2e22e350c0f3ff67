import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import {
  IconChartBar,
  IconHistory,
  IconId,
  IconKey,
  IconSettings,
  IconShieldLock,
  IconUsers,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { lazy } from 'react';
import { meQuery } from '../../api/me.ts';
import { type Section, Sections } from '../../ui/sections.tsx';
import { NoAccounts } from '../account/no-accounts.tsx';

const sections: readonly Section[] = [
  {
    id: 'members',
    label: msg`Members`,
    icon: IconUsers,
    permission: 'members:read',
    page: lazy(async () => ({ default: (await import('../members/members-page.tsx')).MembersPage })),
  },
  {
    id: 'roles',
    label: msg`Roles`,
    icon: IconId,
    permission: 'roles:read',
    page: lazy(async () => ({ default: (await import('../members/roles-page.tsx')).RolesPage })),
  },
  {
    id: 'keys',
    label: msg`API keys`,
    icon: IconKey,
    permission: 'keys:read',
    page: lazy(async () => ({ default: (await import('../keys/keys-page.tsx')).KeysPage })),
  },
  {
    id: 'usage',
    label: msg`Plan and usage`,
    icon: IconChartBar,
    permission: 'usage:read',
    page: lazy(async () => ({ default: (await import('../usage/usage-page.tsx')).UsagePage })),
  },
  {
    id: 'record',
    label: msg`Record`,
    icon: IconHistory,
    permission: 'audit:read',
    page: lazy(async () => ({ default: (await import('../audit/audit-page.tsx')).AuditPage })),
  },
  {
    id: 'privacy',
    label: msg`Privacy`,
    icon: IconShieldLock,
    permission: 'privacy:write',
    page: lazy(async () => ({ default: (await import('../privacy/workspace-privacy-page.tsx')).WorkspacePrivacyPage })),
  },
  {
    id: 'settings',
    label: msg`Settings`,
    icon: IconSettings,
    permission: 'tenant:read',
    page: lazy(async () => ({ default: (await import('./settings-page.tsx')).SettingsPage })),
  },
];

/** All that belongs to a workspace besides its work. */
export function WorkspacePage() {
  const { t } = useLingui();
  const { section } = useParams({ strict: false });
  const { data: me } = useQuery(meQuery);
  if (me?.tenant === undefined || me.user === undefined) return <NoAccounts />;
  return (
    <Sections
      label={t`Workspace`}
      title={me.tenant.name}
      to="/workspace/$section"
      sections={sections}
      current={section}
    />
  );
}
