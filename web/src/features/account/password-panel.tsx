import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { changePassword } from '../../api/auth.ts';
import { fieldsOf } from '../../ui/fields-of.ts';
import form from '../../ui/form.module.css';
import { Notice } from '../../ui/notice.tsx';
import { Panel } from '../../ui/panel.tsx';
import { ExistingPassword } from '../sign-in/existing-password.tsx';
import { NewPassword } from '../sign-in/new-password.tsx';
import { useAccountErrorText } from './use-account-error-text.ts';

export function PasswordPanel() {
  const { t } = useLingui();
  const errorText = useAccountErrorText();
  const queries = useQueryClient();
  const fields = useRef<HTMLFormElement>(null);
  const change = useMutation({
    mutationFn: ({ password = '', newPassword = '' }: Readonly<Record<string, string>>) =>
      changePassword({ currentPassword: password, newPassword }),
    onSuccess: () => {
      fields.current?.reset();
      return queries.invalidateQueries({ queryKey: ['sessions'] });
    },
  });
  return (
    <Panel
      title={<Trans>Password</Trans>}
      lead={<Trans>When you change it, you are signed out everywhere but here.</Trans>}
    >
      <form ref={fields} className={form.form} data-narrow onSubmit={(event) => change.mutate(fieldsOf(event))}>
        {change.error && <Notice kind="error">{errorText(change.error)}</Notice>}
        <ExistingPassword label={t`Password until now`} />
        <NewPassword name="newPassword" label={t`New password`} />
        <div className={form.actions}>
          <Button type="submit" loading={change.isPending}>
            <Trans>Change the password</Trans>
          </Button>
          <span className={form.words} role="status">
            {change.isSuccess && <Trans>Changed.</Trans>}
          </span>
        </div>
      </form>
    </Panel>
  );
}
