import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Modal, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { invite } from '../../api/members.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { fieldsOf } from '../../ui/fields-of.ts';
import form from '../../ui/form.module.css';
import { Notice } from '../../ui/notice.tsx';
import { useAccountErrorText } from '../account/use-account-error-text.ts';
import { RoleSelect } from './role-select.tsx';

interface Props {
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function InviteDialog({ opened, onClose }: Props) {
  const { t } = useLingui();
  const errorText = useAccountErrorText();
  const queries = useQueryClient();
  const [role, setRole] = useState('editor');
  const send = useMutation({
    mutationFn: ({ email = '' }: Readonly<Record<string, string>>) => invite({ email: email.trim(), role }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['invitations'] }),
  });
  const close = (): void => {
    onClose();
    send.reset();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={<Trans>Invite somebody</Trans>}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      {send.data ? (
        <div className={form.form}>
          <p className={form.words}>
            <Trans>
              A mail with this link goes to {send.data.email}. You can also hand it over yourself; it is not shown
              again.
            </Trans>
          </p>
          <code className={form.secret}>{send.data.url}</code>
          <div className={form.actions}>
            <CopyButton text={send.data.url}>
              <Trans>Copy the link</Trans>
            </CopyButton>
            <Button variant="default" onClick={close}>
              <Trans>Done</Trans>
            </Button>
          </div>
        </div>
      ) : (
        <form className={form.form} onSubmit={(event) => send.mutate(fieldsOf(event))}>
          {send.error && <Notice kind="error">{errorText(send.error)}</Notice>}
          <TextInput
            name="email"
            type="email"
            label={t`E-mail`}
            autoComplete="off"
            required
            withAsterisk={false}
            data-autofocus
          />
          <RoleSelect label={t`Role`} labelled value={role} onChange={setRole} />
          <Button type="submit" loading={send.isPending}>
            <Trans>Invite</Trans>
          </Button>
        </form>
      )}
    </Modal>
  );
}
