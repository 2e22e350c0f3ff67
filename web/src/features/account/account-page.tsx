import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { IconLock, IconShieldLock, IconUser } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { lazy } from 'react';
import { meQuery } from '../../api/me.ts';
import { Notice } from '../../ui/notice.tsx';
import { type Section, Sections } from '../../ui/sections.tsx';
import { NoAccounts } from './no-accounts.tsx';

const sections: readonly Section[] = [
  {
    id: 'profile',
    label: msg`Profile`,
    icon: IconUser,
    page: lazy(async () => ({ default: (await import('./profile-page.tsx')).ProfilePage })),
  },
  {
    id: 'security',
    label: msg`Sign-in and devices`,
    icon: IconLock,
    page: lazy(async () => ({ default: (await import('./security-page.tsx')).SecurityPage })),
  },
  {
    id: 'privacy',
    label: msg`Privacy`,
    icon: IconShieldLock,
    page: lazy(async () => ({ default: (await import('../privacy/my-privacy-page.tsx')).MyPrivacyPage })),
  },
];

/** All that is a person's own, whatever workspace they are in. */
export function AccountPage() {
  const { t } = useLingui();
  const { section } = useParams({ strict: false });
  const { data: me } = useQuery(meQuery);
  if (me?.user === undefined) return <NoAccounts />;
  return (
    <>
      {me.tenant === undefined && (
        <Notice kind="warning">
          <Trans>You belong to no workspace at the moment. Somebody who does can invite you.</Trans>
        </Notice>
      )}
      <Sections
        label={t`Your account`}
        title={me.user.email}
        to="/account/$section"
        sections={sections}
        current={section}
      />
    </>
  );
}
