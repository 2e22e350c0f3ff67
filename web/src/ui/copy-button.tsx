import { Trans } from '@lingui/react/macro';
import { Button, type ButtonProps } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import type { ReactNode } from 'react';

type Props = Pick<ButtonProps, 'variant' | 'size'> & { readonly text: string; readonly children: ReactNode };

export function CopyButton({ text, children, ...look }: Props) {
  const { copy, copied } = useClipboard();
  return (
    <Button
      {...look}
      leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
      onClick={() => copy(text)}
    >
      <span aria-live="polite">{copied ? <Trans>Copied</Trans> : children}</span>
    </Button>
  );
}
