import { Trans, useLingui } from '@lingui/react/macro';
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { setUp } from '../../api/auth.ts';
import { meQuery } from '../../api/me.ts';
import { fieldsOf } from '../../ui/fields-of.ts';
import form from '../../ui/form.module.css';
import { LinkButton } from '../../ui/link-button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { useAccountErrorText } from '../account/use-account-error-text.ts';
import { Door } from './door.tsx';
import { NewPassword } from './new-password.tsx';
import { EmailField, NameField } from './person-fields.tsx';
import { useEnter } from './use-enter.ts';
import { useLinkToken } from './use-link-token.ts';

/** The first administrator. */
export function SetupPage() {
  const { t, i18n } = useLingui();
  const errorText = useAccountErrorText();
  const token = useLinkToken();
  const enter = useEnter();
  const { data: me } = useQuery(meQuery);
  const start = useMutation({
    mutationFn: async (fields: Readonly<Record<string, string>>) => {
      const { email = '', password = '', name = '', workspace = '', token: typed = '' } = fields;
      await setUp({
        token: (token || typed).trim(),
        email: email.trim(),
        password,
        name,
        workspace,
        language: i18n.locale,
      });
      await enter();
    },
  });
  if (me && !me.needsSetup) {
    return (
      <Door
        title={<Trans>This server is set up</Trans>}
        lead={<Trans>It has an administrator. Whoever runs it can invite you.</Trans>}
      >
        <LinkButton to="/" size="md">
          <Trans>Go on</Trans>
        </LinkButton>
      </Door>
    );
  }
  return (
    <Door
      title={<Trans>Set up Esteira</Trans>}
      lead={<Trans>You become the administrator of this server. You invite everybody else later.</Trans>}
    >
      <form className={form.form} onSubmit={(event) => start.mutate(fieldsOf(event))}>
        {start.error && <Notice kind="error">{errorText(start.error)}</Notice>}
        {token === '' && (
          <TextInput
            name="token"
            label={t`One-time token`}
            description={t`The server wrote it to its log when it was started.`}
            autoComplete="off"
            spellCheck={false}
            size="md"
            required
            withAsterisk={false}
          />
        )}
        <NameField />
        <EmailField />
        <NewPassword size="md" />
        <TextInput
          name="workspace"
          label={t`Name of the workspace`}
          description={t`Your shop, studio or team. Work, members and keys belong to it.`}
          autoComplete="organization"
          maxLength={100}
          size="md"
          required
          withAsterisk={false}
        />
        <Button type="submit" size="md" loading={start.isPending}>
          <Trans>Set up</Trans>
        </Button>
      </form>
    </Door>
  );
}
