import '@mantine/core/styles/PasswordInput.layer.css';
import { Trans } from '@lingui/react/macro';
import { canUsePasskeys } from '../../api/auth.ts';
import { Page } from '../../ui/page.tsx';
import { PasskeysPanel } from './passkeys-panel.tsx';
import { PasswordPanel } from './password-panel.tsx';
import { SessionsPanel } from './sessions-panel.tsx';
import { TwoFactorPanel } from './two-factor-panel.tsx';

export function SecurityPage() {
  return (
    <Page title={<Trans>Sign-in and devices</Trans>}>
      <PasswordPanel />
      <TwoFactorPanel />
      {canUsePasskeys() && <PasskeysPanel />}
      <SessionsPanel />
    </Page>
  );
}
