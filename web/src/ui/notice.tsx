import { useLingui } from '@lingui/react/macro';
import { CloseButton } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './notice.module.css';

interface Props {
  readonly kind: 'info' | 'warning' | 'error';
  readonly children: ReactNode;
  /** A button that does what the words ask for. */
  readonly action?: ReactNode;
  readonly onClose?: () => void;
}

/** Something that people should know now. Errors are read out at once. */
export function Notice({ kind, children, action, onClose }: Props) {
  const { t } = useLingui();
  const Icon = kind === 'info' ? IconInfoCircle : IconAlertTriangle;
  return (
    <div className={classes.notice} data-kind={kind} role={kind === 'error' ? 'alert' : 'status'}>
      <Icon className={classes.icon} size={20} stroke={1.7} aria-hidden />
      <div className={classes.body}>
        <div className={classes.words}>{children}</div>
        {action}
      </div>
      {onClose && <CloseButton size="md" aria-label={t`Close`} onClick={onClose} />}
    </div>
  );
}
