import { Trans, useLingui } from '@lingui/react/macro';
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { changeProfile, sendVerificationEmail } from '../../api/auth.ts';
import { meQuery } from '../../api/me.ts';
import { type Language, languages, switchLanguage } from '../../app/language.ts';
import { fieldsOf } from '../../ui/fields-of.ts';
import form from '../../ui/form.module.css';
import { Notice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Panel } from '../../ui/panel.tsx';
import { useAccountErrorText } from './use-account-error-text.ts';

export function ProfilePage() {
  const { t, i18n } = useLingui();
  const errorText = useAccountErrorText();
  const queries = useQueryClient();
  const { data: me } = useQuery(meQuery);
  const rename = useMutation({
    mutationFn: ({ name = '' }: Readonly<Record<string, string>>) => changeProfile({ name: name.trim() }),
    onSuccess: () => queries.refetchQueries(meQuery),
  });
  const speak = useMutation({
    mutationFn: async (language: Language) => {
      await switchLanguage(language);
      await changeProfile({ language });
    },
  });
  const verify = useMutation({ mutationFn: sendVerificationEmail });
  const user = me?.user;
  if (user === undefined) return null;
  return (
    <Page title={<Trans>Profile</Trans>}>
      {!user.emailVerified && (
        <Notice
          kind={verify.isSuccess ? 'info' : 'warning'}
          action={
            !verify.isSuccess && (
              <Button size="xs" variant="default" loading={verify.isPending} onClick={() => verify.mutate(user.email)}>
                <Trans>Send the mail</Trans>
              </Button>
            )
          }
        >
          {verify.error ? (
            errorText(verify.error)
          ) : verify.isSuccess ? (
            <Trans>The mail is on its way to {user.email}.</Trans>
          ) : (
            <Trans>Your address is not confirmed yet. Open the link of the mail that was sent to it.</Trans>
          )}
        </Notice>
      )}
      <Panel
        title={<Trans>Who you are</Trans>}
        lead={<Trans>Others see it in the workspaces that you belong to.</Trans>}
      >
        <form
          className={form.form}
          data-narrow
          onSubmit={(event) => rename.mutate(fieldsOf(event))}
          onChange={rename.reset}
        >
          {rename.error && <Notice kind="error">{errorText(rename.error)}</Notice>}
          <TextInput
            name="name"
            label={t`Name`}
            defaultValue={user.name}
            autoComplete="name"
            maxLength={200}
            required
            withAsterisk={false}
          />
          <TextInput label={t`E-mail`} value={user.email} readOnly description={t`You sign in with it.`} />
          <div className={form.actions}>
            <Button type="submit" loading={rename.isPending}>
              <Trans>Save</Trans>
            </Button>
            <span className={form.words} role="status">
              {rename.isSuccess && <Trans>Saved.</Trans>}
            </span>
          </div>
        </form>
      </Panel>
      <Panel
        title={<Trans>Language</Trans>}
        lead={<Trans>Of the studio in this browser, and of the mails to you.</Trans>}
      >
        <div className={form.form} data-narrow>
          <NativeSelect
            aria-label={t`Language`}
            value={i18n.locale}
            data={Object.entries(languages).map(([value, label]) => ({ value, label }))}
            onChange={({ currentTarget }) => speak.mutate(currentTarget.value as Language)}
          />
        </div>
      </Panel>
    </Page>
  );
}
