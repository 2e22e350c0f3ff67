import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Loader } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { may, meQuery } from '../../api/me.ts';
import { listRoles, type Role, removeRole } from '../../api/members.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Row, Rows, Tag } from '../../ui/rows.tsx';
import { useAccountErrorText } from '../account/use-account-error-text.ts';
import { PermissionGrid } from './permission-grid.tsx';
import { RoleDialog } from './role-dialog.tsx';
import { roleLeads, useRoleName } from './role-names.ts';
import classes from './roles-page.module.css';

/** What members may do, by their roles. */
export function RolesPage() {
  const { t, i18n } = useLingui();
  const errorText = useAccountErrorText();
  const roleName = useRoleName();
  const queries = useQueryClient();
  const { data: me } = useQuery(meQuery);
  const { data, error, isPending } = useQuery({ queryKey: ['roles'], queryFn: ({ signal }) => listRoles(signal) });
  const [editing, setEditing] = useState<Role | 'new'>();
  const [removing, setRemoving] = useState<string>();
  const mayChange = may(me, 'roles:write');
  const remove = useMutation({
    mutationFn: removeRole,
    onSuccess: () => {
      setRemoving(undefined);
      return queries.invalidateQueries({ queryKey: ['roles'] });
    },
  });
  const offered = data?.permissions ?? [];
  return (
    <Page
      title={<Trans>Roles</Trans>}
      lead={<Trans>A role says what its members may do. Nobody can give more than they have.</Trans>}
      actions={
        mayChange && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEditing('new')}>
            <Trans>Make a role</Trans>
          </Button>
        )
      }
    >
      {error && <Notice kind="error">{errorText(error)}</Notice>}
      {isPending && <Loader role="status" aria-label={t`Loading`} />}
      <Rows label={t`Roles`}>
        {data?.items.map((role) => {
          const { name, builtIn, permissions } = role;
          const lead = Object.hasOwn(roleLeads, name) ? roleLeads[name as keyof typeof roleLeads] : undefined;
          return (
            <Row
              key={name}
              title={
                <>
                  {roleName(name)}
                  {!builtIn && <Tag>{t`Your own`}</Tag>}
                </>
              }
              facts={lead && i18n._(lead)}
              actions={
                mayChange &&
                !builtIn && (
                  <>
                    <Button variant="default" size="xs" aria-label={t`Change ${name}`} onClick={() => setEditing(role)}>
                      <Trans>Change</Trans>
                    </Button>
                    <Button
                      variant="default"
                      size="xs"
                      aria-label={t`Remove ${name}`}
                      onClick={() => {
                        remove.reset();
                        setRemoving(name);
                      }}
                    >
                      <Trans>Remove</Trans>
                    </Button>
                  </>
                )
              }
            >
              <details className={classes.details}>
                <summary>
                  <Trans>What it may do</Trans>
                </summary>
                <div className={classes.grid}>
                  <PermissionGrid offered={offered} chosen={permissions} />
                </div>
              </details>
            </Row>
          );
        })}
      </Rows>
      {editing !== undefined && (
        <RoleDialog
          role={editing === 'new' ? undefined : editing}
          offered={offered}
          onClose={() => setEditing(undefined)}
        />
      )}
      <ConfirmDialog
        opened={removing !== undefined}
        onClose={() => setRemoving(undefined)}
        title={<Trans>Remove the role {removing ?? ''}?</Trans>}
        confirm={<Trans>Remove</Trans>}
        loading={remove.isPending}
        error={remove.error ? errorText(remove.error) : undefined}
        onConfirm={() => removing !== undefined && remove.mutate(removing)}
      >
        <Trans>A role that somebody still has cannot be removed: give them another one first.</Trans>
      </ConfirmDialog>
    </Page>
  );
}
