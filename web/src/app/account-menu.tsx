import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, Menu, type MenuItemProps, Popover } from '@mantine/core';
import {
  IconArrowsExchange,
  IconBuilding,
  IconLock,
  IconLogout,
  IconServer,
  IconUser,
  IconUserCircle,
} from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';
import { chooseTenant, signOut } from '../api/auth.ts';
import { type Me, may } from '../api/me.ts';
import { forgetAll } from '../api/own-storage.ts';
import { useErrorText } from '../ui/use-error-text.ts';
import classes from './account-menu.module.css';

interface Props {
  readonly me: Me;
}

type ItemProps = MenuItemProps &
  Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof MenuItemProps> & { ref?: Ref<HTMLAnchorElement> };

/** A link to a page of the studio in a menu. */
const MenuLink = createLink((props: ItemProps) => <Menu.Item component="a" {...props} />);

/** Who is here, and the way to what is theirs; without accounts, what that means. */
export function AccountMenu({ me }: Props) {
  if (me.user !== undefined) return <MenuOfUser me={me} user={me.user} />;
  return me.mode === 'accounts' ? null : <WithoutAccounts mode={me.mode} />;
}

function MenuOfUser({ me, user }: Props & { readonly user: NonNullable<Me['user']> }) {
  const { t } = useLingui();
  const errorText = useErrorText();
  const { tenant, tenants } = me;
  const others = tenants.filter(({ id }) => id !== tenant?.id);
  // Loaded anew, nothing is left of whom it showed before: no answers, no stream, no files on their way.
  const leave = useMutation({
    mutationFn: signOut,
    onSuccess: () => {
      forgetAll();
      location.replace('/sign-in');
    },
  });
  const change = useMutation({
    mutationFn: chooseTenant,
    onSuccess: () => {
      forgetAll();
      location.assign('/');
    },
  });
  const error = leave.error ?? change.error;
  return (
    <Menu position="bottom-end" width={264}>
      <Menu.Target>
        <ActionIcon aria-label={t`Account`} title={user.name || user.email}>
          <IconUserCircle size={22} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.who}>
          <strong>{user.name}</strong>
          <span>{user.email}</span>
        </div>
        <MenuLink to="/account" leftSection={<IconUser size={16} aria-hidden />}>
          <Trans>Your account</Trans>
        </MenuLink>
        {tenant && (
          <MenuLink to="/workspace" leftSection={<IconBuilding size={16} aria-hidden />}>
            <Trans>Workspace</Trans>
            <span className={classes.where}>{tenant.name}</span>
          </MenuLink>
        )}
        {may(me, 'instance:read') && (
          <MenuLink to="/server" leftSection={<IconServer size={16} aria-hidden />}>
            <Trans>Server</Trans>
          </MenuLink>
        )}
        {others.length > 0 && (
          <>
            <Menu.Divider />
            <Menu.Label>
              <Plural value={others.length} one="Your other workspace" other="Your other workspaces" />
            </Menu.Label>
            {others.map(({ id, name }) => (
              <Menu.Item
                key={id}
                closeMenuOnClick={false}
                leftSection={<IconArrowsExchange size={16} aria-hidden />}
                onClick={() => change.mutate(id)}
              >
                {name}
              </Menu.Item>
            ))}
          </>
        )}
        <Menu.Divider />
        <Menu.Item
          closeMenuOnClick={false}
          leftSection={<IconLogout size={16} aria-hidden />}
          onClick={() => leave.mutate()}
        >
          <Trans>Sign out</Trans>
        </Menu.Item>
        {error && (
          <p className={classes.error} role="alert">
            {errorText(error)}
          </p>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function WithoutAccounts({ mode }: Pick<Me, 'mode'>) {
  const { t } = useLingui();
  return (
    <Popover position="bottom-end" width={300} trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon aria-label={t`Who can use this`} title={t`Who can use this`}>
          <IconLock size={20} stroke={1.6} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={t`Who can use this`}>
        <div className={classes.words}>
          {mode === 'local' ? (
            <>
              <p>
                <strong>
                  <Trans>There is no login here.</Trans>
                </strong>
              </p>
              <p>
                <Trans>
                  Esteira runs for this machine alone: everybody who uses it sees and may do everything. From other
                  machines nobody can reach it.
                </Trans>
              </p>
              <p>
                <Trans>To let others in, each with a login of their own, start it with accounts.</Trans>
              </p>
            </>
          ) : (
            <>
              <p>
                <strong>
                  <Trans>Another program lets people in.</Trans>
                </strong>
              </p>
              <p>
                <Trans>
                  A proxy in front of Esteira decides who comes through. Whoever does sees and may do everything here.
                </Trans>
              </p>
            </>
          )}
          <Button component="a" href="/docs" variant="default" size="xs">
            <Trans>How programs use it</Trans>
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
