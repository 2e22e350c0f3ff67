import { useLingui } from '@lingui/react/macro';
import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { DialogActions } from './dialog-actions.tsx';
import classes from './form.module.css';
import { Notice } from './notice.tsx';

interface Props {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly title: ReactNode;
  /** What will happen, and whether it can be undone. */
  readonly children: ReactNode;
  /** What the button does, in a word or two. */
  readonly confirm: ReactNode;
  readonly loading: boolean;
  readonly error?: string | undefined;
  readonly onConfirm: () => void;
}

/** Asks before something that is not easily undone. */
export function ConfirmDialog({ opened, onClose, title, children, confirm, loading, error, onConfirm }: Props) {
  const { t } = useLingui();
  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t`Close` }}>
      <div className={classes.form}>
        <p className={classes.words}>{children}</p>
        {error !== undefined && <Notice kind="error">{error}</Notice>}
        <DialogActions color="red.9" loading={loading} onConfirm={onConfirm} onCancel={onClose}>
          {confirm}
        </DialogActions>
      </div>
    </Modal>
  );
}
