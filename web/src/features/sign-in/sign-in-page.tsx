import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconFingerprint } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { canUsePasskeys, signIn, signInElsewhere, signInWithPasskey } from '../../api/auth.ts';
import { meQuery } from '../../api/me.ts';
import { fieldsOf } from '../../ui/fields-of.ts';
import form from '../../ui/form.module.css';
import { Notice } from '../../ui/notice.tsx';
import { useAccountErrorText } from '../account/use-account-error-text.ts';
import classes from './door.module.css';
import { Door } from './door.tsx';
import { ExistingPassword } from './existing-password.tsx';
import { EmailField } from './person-fields.tsx';
import { SecondFactor } from './second-factor.tsx';
import { useEnter } from './use-enter.ts';

const route = getRouteApi('/sign-in');

export function SignInPage() {
  const errorText = useAccountErrorText();
  const { to, failed } = route.useSearch();
  const { data: me } = useQuery(meQuery);
  const enter = useEnter();
  const [asksFactor, setAsksFactor] = useState(false);
  const byPassword = useMutation({
    mutationFn: async ({ email = '', password = '' }: Readonly<Record<string, string>>) => {
      const { twoFactorRedirect } = await signIn({ email: email.trim(), password });
      if (twoFactorRedirect) setAsksFactor(true);
      else await enter(to);
    },
  });
  const byPasskey = useMutation({ mutationFn: () => signInWithPasskey().then(() => enter(to)) });
  const elsewhere = useMutation({
    mutationFn: (id: string) => signInElsewhere({ providerId: id, callbackURL: to ?? '/' }),
    onSuccess: ({ url }) => location.assign(url),
  });
  const error = byPassword.error ?? byPasskey.error ?? elsewhere.error;

  if (asksFactor) return <SecondFactor onDone={() => enter(to)} onBack={() => setAsksFactor(false)} />;
  const others = me?.oidc ?? [];
  return (
    <Door
      title={<Trans>Sign in</Trans>}
      lead={to !== undefined && <Trans>Then you go on where you were.</Trans>}
      foot={
        <>
          <Link to="/forgot-password" className={classes.link}>
            <Trans>Forgotten your password?</Trans>
          </Link>
          {me?.signUp === 'open' && (
            <Link to="/join" className={classes.link}>
              <Trans>Make an account</Trans>
            </Link>
          )}
        </>
      }
    >
      {failed && !error && (
        <Notice kind="error">
          <Trans>
            That did not let you in. Your address may not have been invited here; ask whoever runs the server.
          </Trans>
        </Notice>
      )}
      <form className={form.form} onSubmit={(event) => byPassword.mutate(fieldsOf(event))}>
        {error && <Notice kind="error">{errorText(error)}</Notice>}
        <EmailField autoComplete="username webauthn" autoFocus />
        <ExistingPassword size="md" />
        <Button type="submit" size="md" loading={byPassword.isPending}>
          <Trans>Sign in</Trans>
        </Button>
      </form>
      {(canUsePasskeys() || others.length > 0) && (
        <div className={classes.others}>
          <span className={classes.or}>
            <Trans>or</Trans>
          </span>
          {canUsePasskeys() && (
            <Button
              variant="default"
              size="md"
              leftSection={<IconFingerprint size={20} stroke={1.7} aria-hidden />}
              loading={byPasskey.isPending}
              onClick={() => byPasskey.mutate()}
            >
              <Trans>Use a passkey</Trans>
            </Button>
          )}
          {others.map(({ id, name }) => (
            <Button
              key={id}
              variant="default"
              size="md"
              loading={elsewhere.isPending && elsewhere.variables === id}
              onClick={() => elsewhere.mutate(id)}
            >
              <Trans>Go on with {name}</Trans>
            </Button>
          ))}
        </div>
      )}
    </Door>
  );
}
