import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { resetPassword } from '../../api/auth.ts';
import { fieldsOf } from '../../ui/fields-of.ts';
import form from '../../ui/form.module.css';
import { LinkButton } from '../../ui/link-button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { useAccountErrorText } from '../account/use-account-error-text.ts';
import classes from './door.module.css';
import { Door } from './door.tsx';
import { NewPassword } from './new-password.tsx';
import { useLinkToken } from './use-link-token.ts';

const route = getRouteApi('/reset-password');

/** Where the link of the mail leads. */
export function ResetPasswordPage() {
  const errorText = useAccountErrorText();
  const { token: fromSearch } = route.useSearch();
  const token = useLinkToken(fromSearch);
  const reset = useMutation({
    mutationFn: ({ password = '' }: Readonly<Record<string, string>>) => resetPassword(token, password),
  });
  if (token === '') {
    return (
      <Door
        title={<Trans>This link no longer works</Trans>}
        lead={<Trans>It is good for an hour, and for once. Have another one sent to you.</Trans>}
      >
        <LinkButton to="/forgot-password" size="md">
          <Trans>Send a new link</Trans>
        </LinkButton>
      </Door>
    );
  }
  if (reset.isSuccess) {
    return (
      <Door
        title={<Trans>Your password is changed</Trans>}
        lead={<Trans>Wherever you were signed in with the old one, you are signed out.</Trans>}
      >
        <LinkButton to="/sign-in" size="md">
          <Trans>Sign in</Trans>
        </LinkButton>
      </Door>
    );
  }
  return (
    <Door
      title={<Trans>Choose a new password</Trans>}
      foot={
        <Link to="/forgot-password" className={classes.link}>
          <Trans>Send a new link</Trans>
        </Link>
      }
    >
      <form className={form.form} onSubmit={(event) => reset.mutate(fieldsOf(event))}>
        {reset.error && <Notice kind="error">{errorText(reset.error)}</Notice>}
        <NewPassword size="md" />
        <Button type="submit" size="md" loading={reset.isPending}>
          <Trans>Change the password</Trans>
        </Button>
      </form>
    </Door>
  );
}
