import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Modal, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { addPasskey, listPasskeys, type Passkey, removePasskey } from '../../api/auth.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { fieldsOf } from '../../ui/fields-of.ts';
import form from '../../ui/form.module.css';
import { Notice } from '../../ui/notice.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Row, Rows } from '../../ui/rows.tsx';
import { timeAgo } from '../../ui/times.ts';
import { useAccountErrorText } from './use-account-error-text.ts';

const queryKey = ['passkeys'];

export function PasskeysPanel() {
  const { t, i18n } = useLingui();
  const errorText = useAccountErrorText();
  const queries = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Passkey>();
  const { data: passkeys = [], error } = useQuery({ queryKey, queryFn: ({ signal }) => listPasskeys(signal) });
  const refresh = () => queries.invalidateQueries({ queryKey });
  const add = useMutation({
    mutationFn: ({ name = '' }: Readonly<Record<string, string>>) => addPasskey(name.trim()),
    onSuccess: () => {
      setAdding(false);
      return refresh();
    },
  });
  const remove = useMutation({
    mutationFn: removePasskey,
    onSuccess: () => {
      setRemoving(undefined);
      return refresh();
    },
  });
  const nameOf = ({ name }: Passkey): string => name || t`Passkey`;
  return (
    <Panel
      title={<Trans>Passkeys</Trans>}
      lead={<Trans>Sign in with your fingerprint, your face or the lock of your device, without a password.</Trans>}
      action={
        <Button
          variant="default"
          onClick={() => {
            add.reset();
            setAdding(true);
          }}
        >
          <Trans>Add a passkey</Trans>
        </Button>
      }
    >
      {error && <Notice kind="error">{errorText(error)}</Notice>}
      {passkeys.length > 0 && (
        <Rows label={t`Passkeys`}>
          {passkeys.map((passkey) => (
            <Row
              key={passkey.id}
              title={nameOf(passkey)}
              facts={passkey.createdAt && <Trans>Added {timeAgo(passkey.createdAt, i18n.locale)}</Trans>}
              actions={
                <Button
                  variant="default"
                  size="xs"
                  aria-label={t`Remove ${nameOf(passkey)}`}
                  onClick={() => setRemoving(passkey)}
                >
                  <Trans>Remove</Trans>
                </Button>
              }
            />
          ))}
        </Rows>
      )}
      <Modal
        opened={adding}
        onClose={() => setAdding(false)}
        title={<Trans>Add a passkey</Trans>}
        closeButtonProps={{ 'aria-label': t`Close` }}
      >
        <form className={form.form} onSubmit={(event) => add.mutate(fieldsOf(event))}>
          {add.error && <Notice kind="error">{errorText(add.error)}</Notice>}
          <TextInput
            name="name"
            label={t`What this device is called`}
            placeholder={t`My phone`}
            maxLength={60}
            required
            withAsterisk={false}
            data-autofocus
          />
          <Button type="submit" loading={add.isPending}>
            <Trans>Go on</Trans>
          </Button>
        </form>
      </Modal>
      <ConfirmDialog
        opened={removing !== undefined}
        onClose={() => setRemoving(undefined)}
        title={<Trans>Remove this passkey?</Trans>}
        confirm={<Trans>Remove</Trans>}
        loading={remove.isPending}
        error={remove.error ? errorText(remove.error) : undefined}
        onConfirm={() => removing && remove.mutate(removing.id)}
      >
        <Trans>It no longer lets you in. On the device itself it stays until you delete it there, too.</Trans>
      </ConfirmDialog>
    </Panel>
  );
}
