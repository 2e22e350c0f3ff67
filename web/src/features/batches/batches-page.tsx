import { Trans } from '@lingui/react/macro';
import { Page } from '../../ui/page.tsx';

export function BatchesPage() {
  return <Page title={<Trans>Batches</Trans>}>{null}</Page>;
}
