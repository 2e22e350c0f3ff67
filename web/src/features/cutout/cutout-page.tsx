import { Trans } from '@lingui/react/macro';
import { Page } from '../../ui/page.tsx';

export function CutoutPage() {
  return <Page title={<Trans>Cut out</Trans>}>{null}</Page>;
}
