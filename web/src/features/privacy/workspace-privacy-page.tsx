import { Trans, useLingui } from '@lingui/react/macro';
import { Loader } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { meQuery } from '../../api/me.ts';
import { Notice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { useAccountErrorText } from '../account/use-account-error-text.ts';
import { ErasurePanel } from './erasure-panel.tsx';
import { ExportsPanel } from './exports-panel.tsx';
import { privacyQuery } from './privacy-query.ts';

/** A copy of a workspace, and its end. */
export function WorkspacePrivacyPage() {
  const { t } = useLingui();
  const errorText = useAccountErrorText();
  const { data: me } = useQuery(meQuery);
  const { data, error, isPending } = useQuery(privacyQuery);
  return (
    <Page title={<Trans>Privacy of the workspace</Trans>}>
      {error && <Notice kind="error">{errorText(error)}</Notice>}
      {isPending && <Loader role="status" aria-label={t`Loading`} />}
      {data && me?.tenant && (
        <>
          <ExportsPanel
            of="tenant"
            privacy={data}
            lead={<Trans>A ZIP with every file, result, template and setting of the workspace, and its record.</Trans>}
          />
          <ErasurePanel
            of="tenant"
            privacy={data}
            confirm={me.tenant.name}
            lead={
              <Trans>
                The workspace and all that is in it is deleted, for good. It takes some days, and until then it can be
                called off.
              </Trans>
            }
          />
        </>
      )}
    </Page>
  );
}
