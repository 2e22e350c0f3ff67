import '@mantine/core/styles/PasswordInput.layer.css';
import type { ReactNode } from 'react';
import classes from './door.module.css';

interface Props {
  readonly title: ReactNode;
  readonly lead?: ReactNode;
  readonly children?: ReactNode;
  /** Below: other ways. */
  readonly foot?: ReactNode;
}

/** The frame of pages for those who are not in yet. */
export function Door({ title, lead, children, foot }: Props) {
  return (
    <div className={classes.door}>
      <div className={classes.card}>
        <header>
          <h1 className={classes.title}>{title}</h1>
          {lead !== undefined && <p className={classes.lead}>{lead}</p>}
        </header>
        {children}
      </div>
      {foot !== undefined && <div className={classes.foot}>{foot}</div>}
    </div>
  );
}
