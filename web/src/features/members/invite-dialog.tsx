import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Modal, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { invite } from '../../api/members.ts';
import { fieldsOf } from '../../ui/fields-of.ts';
import form from '../../ui/form.module.css';
import { Notice } from '../../ui/notice.tsx';
import { useAccountErrorText } from '../account/use-account-error-text.ts';
import { InvitationLink } from './invitation-link.tsx';
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
        <InvitationLink email={send.data.email} url={send.data.url} onDone={close} />
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
