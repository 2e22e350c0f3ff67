import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './empty.module.css';

interface Props {
  readonly icon: Icon;
  readonly children: ReactNode;
  /** How to change that. */
  readonly action?: ReactNode;
}

/** Stands where a list would be. */
export function Empty({ icon: IconOf, children, action }: Props) {
  return (
    <div className={classes.empty}>
      <IconOf size={36} stroke={1.3} aria-hidden />
      <p>{children}</p>
      {action}
    </div>
  );
}
