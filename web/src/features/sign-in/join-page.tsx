import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Loader, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { signIn, signInElsewhere, signOut, signUp } from '../../api/auth.ts';
import { type Me, meQuery } from '../../api/me.ts';
import { acceptInvitation, getOpenInvitation, type OpenInvitation } from '../../api/members.ts';
import { fieldsOf } from '../../ui/fields-of.ts';
import form from '../../ui/form.module.css';
import { LinkButton } from '../../ui/link-button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { useAccountErrorText } from '../account/use-account-error-text.ts';
import { useRoleName } from '../members/role-names.ts';
import classes from './door.module.css';
import { Door } from './door.tsx';
import { ExistingPassword } from './existing-password.tsx';
import { NewPassword } from './new-password.tsx';
import { EmailField, NameField } from './person-fields.tsx';
import { SecondFactor } from './second-factor.tsx';
import { useEnter } from './use-enter.ts';
import { useLinkToken } from './use-link-token.ts';

/** Where the link of an invitation leads; without one, where people make an account, if they may. */
export function JoinPage() {
  const { t } = useLingui();
  const token = useLinkToken();
  const { data: me } = useQuery(meQuery);
  const invitation = useQuery({
    queryKey: ['invitation', token],
    queryFn: ({ signal }) => getOpenInvitation(token, signal),
    enabled: token !== '',
  });
  if (token === '' && me?.signUp === 'open') return <SignUp />;
  if (invitation.data) return <Invited token={token} invitation={invitation.data} me={me} />;
  if (token !== '' && !invitation.error) return <Loader role="status" aria-label={t`Loading`} />;
  return (
    <Door
      title={<Trans>This invitation no longer works</Trans>}
      lead={
        <Trans>
          It may have been used, taken back, or be older than a week. Ask whoever invited you for another one.
        </Trans>
      }
    >
      <LinkButton to="/" variant="default" size="md">
        <Trans>Go to the start</Trans>
      </LinkButton>
    </Door>
  );
}

interface InvitedProps {
  readonly token: string;
  readonly invitation: OpenInvitation;
  readonly me: Me | undefined;
}

function Invited({ token, invitation, me }: InvitedProps) {
  const { t, i18n } = useLingui();
  const errorText = useAccountErrorText();
  const roleName = useRoleName();
  const enter = useEnter();
  const [asksFactor, setAsksFactor] = useState(false);
  const { email, hasAccount, role, tenantName } = invitation;
  const isOther = me?.user !== undefined && me.user.email.toLowerCase() !== email.toLowerCase();
  const signedIn = me?.user !== undefined && !isOther;

  const accept = async (): Promise<void> => {
    await acceptInvitation(token);
    await enter();
  };
  const join = useMutation({
    mutationFn: async ({ name = '', password = '' }: Readonly<Record<string, string>>) => {
      if (signedIn) return accept();
      if (!hasAccount) {
        // Who signs up with an invitation has accepted it.
        await signUp({ email, password, name, invitationToken: token, language: i18n.locale });
        return enter();
      }
      const { twoFactorRedirect } = await signIn({ email, password });
      return twoFactorRedirect ? setAsksFactor(true) : accept();
    },
  });
  const elsewhere = useMutation({
    mutationFn: (providerId: string) => signInElsewhere({ providerId, callbackURL: '/', invitationToken: token }),
    onSuccess: ({ url }) => location.assign(url),
  });
  const leave = useMutation({
    mutationFn: signOut,
    onSuccess: () => {
      location.assign(`/join#${encodeURIComponent(token)}`);
      location.reload();
    },
  });

  const error = join.error ?? elsewhere.error;

  if (asksFactor) return <SecondFactor onDone={accept} onBack={() => setAsksFactor(false)} />;
  return (
    <Door
      title={<Trans>Join {tenantName}</Trans>}
      lead={
        <Trans>
          {email} is invited to this workspace as: {roleName(role)}.
        </Trans>
      }
    >
      {isOther ? (
        <>
          <Notice kind="warning">
            <Trans>You are signed in as {me?.user?.email}. The invitation is for somebody else.</Trans>
          </Notice>
          <Button size="md" loading={leave.isPending} onClick={() => leave.mutate()}>
            <Trans>Sign out and go on</Trans>
          </Button>
        </>
      ) : (
        <form className={form.form} onSubmit={(event) => join.mutate(fieldsOf(event))}>
          {error && <Notice kind="error">{errorText(error)}</Notice>}
          {!signedIn && (
            <>
              {/* Not to be changed: for whoever keeps passwords to know whose it is. */}
              <TextInput label={t`E-mail`} value={email} autoComplete="username" size="md" readOnly />
              {hasAccount ? (
                <ExistingPassword size="md" />
              ) : (
                <>
                  <NameField />
                  <NewPassword size="md" />
                </>
              )}
            </>
          )}
          <Button type="submit" size="md" loading={join.isPending}>
            <Trans>Join</Trans>
          </Button>
          {!signedIn &&
            me?.oidc.map(({ id, name }) => (
              <Button key={id} variant="default" size="md" onClick={() => elsewhere.mutate(id)}>
                <Trans>Go on with {name}</Trans>
              </Button>
            ))}
        </form>
      )}
    </Door>
  );
}

function SignUp() {
  const { i18n } = useLingui();
  const errorText = useAccountErrorText();
  const enter = useEnter();
  const join = useMutation({
    mutationFn: async ({ email = '', name = '', password = '' }: Readonly<Record<string, string>>) => {
      const { confirmEmail } = await signUp({ email: email.trim(), password, name, language: i18n.locale });
      if (!confirmEmail) await enter();
      return confirmEmail;
    },
  });
  if (join.data) {
    return (
      <Door
        title={<Trans>Look into your mail</Trans>}
        lead={<Trans>A link was sent to your address. Open it, and you can sign in.</Trans>}
      >
        <LinkButton to="/sign-in" variant="default" size="md">
          <Trans>Back to sign in</Trans>
        </LinkButton>
      </Door>
    );
  }
  return (
    <Door
      title={<Trans>Make an account</Trans>}
      foot={
        <Link to="/sign-in" className={classes.link}>
          <Trans>Back to sign in</Trans>
        </Link>
      }
    >
      <form className={form.form} onSubmit={(event) => join.mutate(fieldsOf(event))}>
        {join.error && <Notice kind="error">{errorText(join.error)}</Notice>}
        <NameField />
        <EmailField />
        <NewPassword size="md" />
        <Button type="submit" size="md" loading={join.isPending}>
          <Trans>Make an account</Trans>
        </Button>
      </form>
    </Door>
  );
}
