import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Menu } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconTerminal2 } from '@tabler/icons-react';

interface Props {
  /** The line to copy. */
  readonly curl: string;
}

export function CopyCurlItem({ curl }: Props) {
  const { copy, copied } = useClipboard();
  return (
    <Menu.Item
      closeMenuOnClick={false}
      leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconTerminal2 size={16} aria-hidden />}
      onClick={() => copy(curl)}
    >
      <CopyLabel copied={copied} />
    </Menu.Item>
  );
}

export function CopyCurlButton({ curl }: Props) {
  const { t } = useLingui();
  const { copy, copied } = useClipboard();
  return (
    <Button
      variant="default"
      size="sm"
      aria-label={t`Copy as curl`}
      leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconTerminal2 size={16} aria-hidden />}
      onClick={() => copy(curl)}
    >
      <CopyLabel copied={copied} />
    </Button>
  );
}

function CopyLabel({ copied }: { readonly copied: boolean }) {
  return <span aria-live="polite">{copied ? <Trans>Copied</Trans> : <Trans>Copy as curl</Trans>}</span>;
}
