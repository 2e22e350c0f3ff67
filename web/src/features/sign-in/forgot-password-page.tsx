import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { requestPasswordReset } from '../../api/auth.ts';
import { fieldsOf } from '../../ui/fields-of.ts';
import form from '../../ui/form.module.css';
import { Notice } from '../../ui/notice.tsx';
import { useAccountErrorText } from '../account/use-account-error-text.ts';
import classes from './door.module.css';
import { Door } from './door.tsx';
import { EmailField } from './person-fields.tsx';

export function ForgotPasswordPage() {
  const errorText = useAccountErrorText();
  const ask = useMutation({
    mutationFn: ({ email = '' }: Readonly<Record<string, string>>) => requestPasswordReset(email.trim()),
  });
  return (
    <Door
      title={<Trans>Forgotten password</Trans>}
      lead={
        ask.isSuccess ? undefined : (
          <Trans>Say which address you sign in with, and you are sent a link to choose a new password.</Trans>
        )
      }
      foot={
        <Link to="/sign-in" className={classes.link}>
          <Trans>Back to sign in</Trans>
        </Link>
      }
    >
      {ask.isSuccess ? (
        <Notice kind="info">
          <Trans>
            If somebody has an account with this address, a mail is on its way. Its link is good for an hour. Without a
            mail server, the link is in the server’s log.
          </Trans>
        </Notice>
      ) : (
        <form className={form.form} onSubmit={(event) => ask.mutate(fieldsOf(event))}>
          {ask.error && <Notice kind="error">{errorText(ask.error)}</Notice>}
          <EmailField autoFocus />
          <Button type="submit" size="md" loading={ask.isPending}>
            <Trans>Send the link</Trans>
          </Button>
        </form>
      )}
    </Door>
  );
}
