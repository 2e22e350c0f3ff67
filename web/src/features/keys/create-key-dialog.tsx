import { Trans, useLingui } from '@lingui/react/macro';
import { Modal, NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { createApiKey, type MadeApiKey } from '../../api/api-keys.ts';
import { meQuery, type Permission } from '../../api/me.ts';
import { DialogActions } from '../../ui/dialog-actions.tsx';
import form from '../../ui/form.module.css';
import { Notice } from '../../ui/notice.tsx';
import { useAccountErrorText } from '../account/use-account-error-text.ts';
import { PermissionGrid } from '../members/permission-grid.tsx';

interface Props {
  readonly onClose: () => void;
  readonly onMade: (key: MadeApiKey) => void;
}

/** What a program needs that sends photos and takes results. */
const usual: readonly Permission[] = ['assets:read', 'assets:write', 'jobs:read', 'jobs:write', 'templates:read'];
const dayMs = 86_400_000;

export function CreateKeyDialog({ onClose, onMade }: Props) {
  const { t } = useLingui();
  const errorText = useAccountErrorText();
  const { data: me } = useQuery(meQuery);
  // A key is for the work of a workspace, never for the server itself.
  const offered = (me?.permissions ?? []).filter((permission) => !permission.startsWith('instance:'));
  const [name, setName] = useState('');
  const [days, setDays] = useState('365');
  const [perMinute, setPerMinute] = useState('');
  const [scopes, setScopes] = useState<readonly Permission[]>(usual.filter((scope) => offered.includes(scope)));
  const make = useMutation({
    mutationFn: () =>
      createApiKey({
        name: name.trim(),
        scopes,
        ...(days !== '' && { expiresAt: new Date(Date.now() + Number(days) * dayMs).toISOString() }),
        ...(perMinute !== '' && { requestsPerMinute: Number(perMinute) }),
      }),
    onSuccess: onMade,
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={<Trans>Make a key</Trans>}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      <form className={form.form} onSubmit={submit}>
        {make.error && <Notice kind="error">{errorText(make.error)}</Notice>}
        <TextInput
          label={t`What it is for`}
          placeholder={t`The shop’s server`}
          value={name}
          maxLength={100}
          required
          withAsterisk={false}
          data-autofocus
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <div className={form.fields}>
          <NativeSelect
            label={t`Good for`}
            value={days}
            data={[
              { value: '30', label: t`30 days` },
              { value: '90', label: t`90 days` },
              { value: '365', label: t`a year` },
              { value: '', label: t`until it is revoked` },
            ]}
            onChange={({ currentTarget }) => setDays(currentTarget.value)}
          />
          <TextInput
            label={t`Requests a minute, at most`}
            placeholder={t`as the plan allows`}
            type="number"
            inputMode="numeric"
            min={1}
            max={1_000_000}
            value={perMinute}
            onChange={({ currentTarget }) => setPerMinute(currentTarget.value)}
          />
        </div>
        <PermissionGrid offered={offered} chosen={scopes} onChange={setScopes} />
        <DialogActions loading={make.isPending} disabled={scopes.length === 0} onCancel={onClose}>
          <Trans>Make the key</Trans>
        </DialogActions>
      </form>
    </Modal>
  );
}
