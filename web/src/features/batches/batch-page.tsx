import { Trans } from '@lingui/react/macro';
import { Page } from '../../ui/page.tsx';

export function BatchPage() {
  return <Page title={<Trans>Batch</Trans>}>{null}</Page>;
}
