import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, Loader } from '@mantine/core';
import { IconUserPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { may, meQuery } from '../../api/me.ts';
import {
  changeRole,
  leaveTenant,
  listInvitations,
  listMembers,
  type Member,
  removeMember,
  takeInvitationBack,
} from '../../api/members.ts';
import { forgetAll } from '../../api/own-storage.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Row, Rows, Tag } from '../../ui/rows.tsx';
import { dayAndTime } from '../../ui/times.ts';
import { useAccountErrorText } from '../account/use-account-error-text.ts';
import { InviteDialog } from './invite-dialog.tsx';
import { useRoleName } from './role-names.ts';
import { RoleSelect } from './role-select.tsx';

/** Who belongs to the workspace, and who was asked to. */
export function MembersPage() {
  const { t } = useLingui();
  const errorText = useAccountErrorText();
  const roleName = useRoleName();
  const queries = useQueryClient();
  const { data: me } = useQuery(meQuery);
  const [inviting, setInviting] = useState(false);
  const [removing, setRemoving] = useState<Member>();
  const mayChange = may(me, 'members:write');
  const { data, error, isPending } = useQuery({ queryKey: ['members'], queryFn: ({ signal }) => listMembers(signal) });
  const refresh = () =>
    Promise.all([queries.invalidateQueries({ queryKey: ['members'] }), queries.refetchQueries(meQuery)]);
  const change = useMutation({ mutationFn: changeRole, onSettled: refresh });
  const remove = useMutation({
    mutationFn: (member: Member) => (member.userId === me?.user?.id ? leaveTenant() : removeMember(member.userId)),
    onSuccess: (_nothing, { userId }) => {
      if (userId === me?.user?.id) {
        // Nothing of this workspace may stay on the page.
        forgetAll();
        location.assign('/');
        return undefined;
      }
      setRemoving(undefined);
      return refresh();
    },
  });
  const failure = error ?? change.error;
  const leaves = removing?.userId === me?.user?.id;
  return (
    <Page
      title={<Trans>Members</Trans>}
      lead={data && <Plural value={data.items.length} one="# person works here." other="# people work here." />}
      actions={
        mayChange && (
          <Button leftSection={<IconUserPlus size={18} aria-hidden />} onClick={() => setInviting(true)}>
            <Trans>Invite somebody</Trans>
          </Button>
        )
      }
    >
      {failure && <Notice kind="error">{errorText(failure)}</Notice>}
      {isPending && <Loader role="status" aria-label={t`Loading`} />}
      {data && (
        <Rows label={t`Members`}>
          {data.items.map((member) => {
            const { userId, name, email, role } = member;
            const isMe = userId === me?.user?.id;
            return (
              <Row
                key={userId}
                title={
                  <>
                    {name || email}
                    {isMe && <Tag>{t`You`}</Tag>}
                  </>
                }
                facts={name ? email : undefined}
                actions={
                  <>
                    {mayChange ? (
                      <RoleSelect
                        label={t`Role of ${name || email}`}
                        value={role}
                        onChange={(to) => change.mutate({ userId, role: to })}
                      />
                    ) : (
                      <Tag>{roleName(role)}</Tag>
                    )}
                    {(mayChange || isMe) && (
                      <Button
                        variant="default"
                        size="xs"
                        aria-label={isMe ? t`Leave` : t`Remove ${name || email}`}
                        onClick={() => {
                          remove.reset();
                          setRemoving(member);
                        }}
                      >
                        {isMe ? <Trans>Leave</Trans> : <Trans>Remove</Trans>}
                      </Button>
                    )}
                  </>
                }
              />
            );
          })}
        </Rows>
      )}
      {mayChange && <OpenInvitations />}
      <InviteDialog opened={inviting} onClose={() => setInviting(false)} />
      <ConfirmDialog
        opened={removing !== undefined}
        onClose={() => setRemoving(undefined)}
        title={leaves ? <Trans>Leave this workspace?</Trans> : <Trans>Remove {removing?.name ?? ''}?</Trans>}
        confirm={leaves ? <Trans>Leave</Trans> : <Trans>Remove</Trans>}
        loading={remove.isPending}
        error={remove.error ? errorText(remove.error) : undefined}
        onConfirm={() => removing && remove.mutate(removing)}
      >
        {leaves ? (
          <Trans>You see nothing of it any more, at once. To come back you need an invitation.</Trans>
        ) : (
          <Trans>
            They see nothing of this workspace any more, at once, and the keys that they made stop working. What they
            made stays.
          </Trans>
        )}
      </ConfirmDialog>
    </Page>
  );
}

function OpenInvitations() {
  const { t, i18n } = useLingui();
  const errorText = useAccountErrorText();
  const roleName = useRoleName();
  const queries = useQueryClient();
  const queryKey = ['invitations'];
  const { data, error } = useQuery({ queryKey, queryFn: ({ signal }) => listInvitations(signal) });
  const takeBack = useMutation({
    mutationFn: takeInvitationBack,
    onSettled: () => queries.invalidateQueries({ queryKey }),
  });
  const failure = error ?? takeBack.error;
  if (!failure && !data?.items.length) return null;
  return (
    <Panel title={<Trans>Invited</Trans>} lead={<Trans>They have not come yet. A link is good for a week.</Trans>}>
      {failure && <Notice kind="error">{errorText(failure)}</Notice>}
      <Rows label={t`Invited`}>
        {data?.items.map(({ id, email, role, expiresAt }) => (
          <Row
            key={id}
            title={email}
            facts={
              <>
                {roleName(role)} · <Trans>until {dayAndTime(expiresAt, i18n.locale)}</Trans>
              </>
            }
            actions={
              <Button
                variant="default"
                size="xs"
                aria-label={t`Take back the invitation of ${email}`}
                onClick={() => takeBack.mutate(id)}
              >
                <Trans>Take back</Trans>
              </Button>
            }
          />
        ))}
      </Rows>
    </Panel>
  );
}
