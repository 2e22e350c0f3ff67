import { Trans, useLingui } from '@lingui/react/macro';
import { Modal, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { may, meQuery, type Permission } from '../../api/me.ts';
import { changeRolePermissions, createRole, type Role } from '../../api/members.ts';
import { DialogActions } from '../../ui/dialog-actions.tsx';
import form from '../../ui/form.module.css';
import { Notice } from '../../ui/notice.tsx';
import { useAccountErrorText } from '../account/use-account-error-text.ts';
import { PermissionGrid } from './permission-grid.tsx';

interface Props {
  /** Undefined: a new one. */
  readonly role: Role | undefined;
  readonly offered: readonly Permission[];
  readonly onClose: () => void;
}

export function RoleDialog({ role, offered, onClose }: Props) {
  const { t } = useLingui();
  const errorText = useAccountErrorText();
  const queries = useQueryClient();
  const { data: me } = useQuery(meQuery);
  const [name, setName] = useState(role?.name ?? '');
  const [chosen, setChosen] = useState<readonly Permission[]>(role?.permissions ?? ['assets:read', 'jobs:read']);
  const save = useMutation({
    mutationFn: () =>
      role === undefined
        ? createRole({ name: name.trim(), permissions: chosen })
        : changeRolePermissions({ name: role.name, permissions: chosen }),
    onSuccess: () => {
      onClose();
      return Promise.all([queries.invalidateQueries({ queryKey: ['roles'] }), queries.refetchQueries(meQuery)]);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={role === undefined ? <Trans>Make a role</Trans> : <Trans>Change {role.name}</Trans>}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      <form className={form.form} onSubmit={submit}>
        {save.error && <Notice kind="error">{errorText(save.error)}</Notice>}
        {role === undefined && (
          <TextInput
            label={t`Name`}
            placeholder={t`Photographers`}
            value={name}
            maxLength={50}
            required
            withAsterisk={false}
            data-autofocus
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
        )}
        <PermissionGrid
          offered={offered.filter((permission) => may(me, permission) || chosen.includes(permission))}
          chosen={chosen}
          onChange={setChosen}
        />
        <DialogActions loading={save.isPending} disabled={chosen.length === 0} onCancel={onClose}>
          <Trans>Save</Trans>
        </DialogActions>
      </form>
    </Modal>
  );
}
