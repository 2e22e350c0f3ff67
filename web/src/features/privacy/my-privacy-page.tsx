import { Trans, useLingui } from '@lingui/react/macro';
import { Loader, Switch } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { meQuery } from '../../api/me.ts';
import { giveConsent, type Privacy } from '../../api/privacy.ts';
import form from '../../ui/form.module.css';
import { Notice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Panel } from '../../ui/panel.tsx';
import { useAccountErrorText } from '../account/use-account-error-text.ts';
import { ErasurePanel } from './erasure-panel.tsx';
import { ExportsPanel } from './exports-panel.tsx';
import { privacyQuery } from './privacy-query.ts';
import { purposeNames } from './purpose-names.ts';
import { RetentionPanel } from './retention-panel.tsx';

/** What is known of a person, and what they can do about it. */
export function MyPrivacyPage() {
  const { t, i18n } = useLingui();
  const errorText = useAccountErrorText();
  const queries = useQueryClient();
  const { data: me } = useQuery(meQuery);
  const { data, error, isPending } = useQuery(privacyQuery);
  const consent = useMutation({ mutationFn: giveConsent, onSettled: () => queries.refetchQueries(privacyQuery) });
  const failure = error ?? consent.error;
  const nameOf = (purpose: string): string => {
    const name = Object.hasOwn(purposeNames, purpose) ? purposeNames[purpose] : undefined;
    return name === undefined ? purpose : i18n._(name);
  };
  return (
    <Page title={<Trans>Privacy</Trans>}>
      {failure && <Notice kind="error">{errorText(failure)}</Notice>}
      {isPending && <Loader role="status" aria-label={t`Loading`} />}
      {data && me?.user && (
        <>
          <Panel
            title={<Trans>What you agree to</Trans>}
            lead={<Trans>Esteira works as well without. You can change your mind at any time.</Trans>}
          >
            <div className={form.form}>
              {consentsOf(data).map(({ purpose, given }) => (
                <Switch
                  key={purpose}
                  label={nameOf(purpose)}
                  checked={consent.isPending && consent.variables.purpose === purpose ? consent.variables.given : given}
                  onChange={({ currentTarget }) => consent.mutate({ purpose, given: currentTarget.checked })}
                />
              ))}
            </div>
          </Panel>
          <RetentionPanel privacy={data} />
          <ExportsPanel
            of="me"
            privacy={data}
            lead={
              <Trans>
                A ZIP with all that is known of you: your account, your sessions, what you did and what you made.
              </Trans>
            }
          />
          <ErasurePanel
            of="me"
            privacy={data}
            confirm={me.user.email}
            lead={
              <Trans>
                Your account and all that is yours alone is deleted, for good. It takes some days, and until then you
                can call it off.
              </Trans>
            }
          />
        </>
      )}
    </Page>
  );
}

/** Those that were answered before, and those that nobody has answered yet. */
function consentsOf({ consents }: Privacy): readonly { readonly purpose: string; readonly given: boolean }[] {
  const open = Object.keys(purposeNames).filter((purpose) => !consents.some((one) => one.purpose === purpose));
  return [...consents, ...open.map((purpose) => ({ purpose, given: false }))];
}
