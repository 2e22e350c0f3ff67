import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Page } from '../ui/page.tsx';

export function NotFound() {
  return (
    <Page title={<Trans>There is no such page</Trans>} lead={<Trans>The address may be old, or mistyped.</Trans>}>
      <Button component={Link} to="/">
        <Trans>Go to the start</Trans>
      </Button>
    </Page>
  );
}
