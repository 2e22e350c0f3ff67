import { Trans } from '@lingui/react/macro';
import { Page } from '../../ui/page.tsx';

export function ThumbnailEditorPage() {
  return <Page title={<Trans>Thumbnails</Trans>}>{null}</Page>;
}
