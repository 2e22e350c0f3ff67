import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Modal, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { createTenant } from '../../api/tenant.ts';
import { fieldsOf } from '../../ui/fields-of.ts';
import form from '../../ui/form.module.css';
import { Notice } from '../../ui/notice.tsx';
import { useAccountErrorText } from '../account/use-account-error-text.ts';
import { InvitationLink } from '../members/invitation-link.tsx';

export function CreateTenantDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useLingui();
  const errorText = useAccountErrorText();
  const queries = useQueryClient();
  const create = useMutation({
    mutationFn: ({ name = '', email = '' }: Readonly<Record<string, string>>) =>
      createTenant({ name: name.trim(), ownerEmail: email.trim() }),
    onSuccess: ({ invitation }) => {
      if (invitation === null) onClose();
      return queries.invalidateQueries({ queryKey: ['tenants'] });
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={<Trans>Make a workspace</Trans>}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      {create.data?.invitation ? (
        <InvitationLink email={create.variables.email ?? ''} url={create.data.invitation.url} onDone={onClose} />
      ) : (
        <form className={form.form} onSubmit={(event) => create.mutate(fieldsOf(event))}>
          {create.error && <Notice kind="error">{errorText(create.error)}</Notice>}
          <TextInput name="name" label={t`Name`} maxLength={100} required withAsterisk={false} data-autofocus />
          <TextInput
            name="email"
            type="email"
            label={t`E-mail of its owner`}
            description={t`Who has no account yet is invited.`}
            autoComplete="off"
            required
            withAsterisk={false}
          />
          <Button type="submit" loading={create.isPending}>
            <Trans>Make a workspace</Trans>
          </Button>
        </form>
      )}
    </Modal>
  );
}
