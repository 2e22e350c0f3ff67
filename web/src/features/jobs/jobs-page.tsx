import { Trans } from '@lingui/react/macro';
import { Page } from '../../ui/page.tsx';

export function JobsPage() {
  return <Page title={<Trans>Jobs</Trans>}>{null}</Page>;
}
