import { Trans } from '@lingui/react/macro';
import { Page } from '../../ui/page.tsx';

/** Stands where pages of accounts would be, on a server that has none. */
export function NoAccounts() {
  return (
    <Page
      title={<Trans>There are no accounts here</Trans>}
      lead={
        <Trans>
          Nobody signs in to this server: whoever reaches it sees and may do everything. Start it with accounts to give
          each person a login of their own.
        </Trans>
      }
    >
      {null}
    </Page>
  );
}
