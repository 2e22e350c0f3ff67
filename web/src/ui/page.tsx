import type { ReactNode } from 'react';
import classes from './page.module.css';

interface Props {
  readonly title: ReactNode;
  readonly lead?: ReactNode;
  /** Stands beside the title: buttons of the whole page. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** The frame of every page: one heading, what it is for, what can be done, and the content. */
export function Page({ title, lead, actions, children }: Props) {
  return (
    <div className={classes.page}>
      <header className={classes.header}>
        <div>
          <h1 className={classes.title}>{title}</h1>
          {lead !== undefined && <p className={classes.lead}>{lead}</p>}
        </div>
        {actions !== undefined && <div className={classes.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}
