import { Trans } from '@lingui/react/macro';
import { Button, type ButtonProps } from '@mantine/core';
import type { ReactNode } from 'react';
import form from './form.module.css';

interface Props extends Pick<ButtonProps, 'color' | 'loading' | 'disabled'> {
  /** What the dialog does, in a word or two. */
  readonly children: ReactNode;
  /** Without it, the form is sent. */
  readonly onConfirm?: () => void;
  readonly onCancel: () => void;
}

/** What a dialog does, and the way out of it. */
export function DialogActions({ children, onConfirm, onCancel, ...button }: Props) {
  return (
    <div className={form.actions}>
      <Button {...button} {...(onConfirm === undefined ? { type: 'submit' } : { onClick: onConfirm })}>
        {children}
      </Button>
      <Button variant="default" onClick={onCancel}>
        <Trans>Cancel</Trans>
      </Button>
    </div>
  );
}
