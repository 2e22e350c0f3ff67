import type { ReactNode } from 'react';
import classes from './rows.module.css';

/** Things under each other, each with what can be done with it. */
export function Rows({ label, children }: { readonly label?: string; readonly children: ReactNode }) {
  return (
    <ul className={classes.rows} aria-label={label}>
      {children}
    </ul>
  );
}

interface RowProps {
  readonly title: ReactNode;
  readonly facts?: ReactNode;
  /** At the end: buttons. */
  readonly actions?: ReactNode;
  readonly faded?: boolean;
  /** Below, as wide as the row. */
  readonly children?: ReactNode;
}

export function Row({ title, facts, actions, faded, children }: RowProps) {
  return (
    <li className={classes.row} data-faded={faded || undefined}>
      <div className={classes.what}>
        <div className={classes.title}>{title}</div>
        {facts !== undefined && <div className={classes.facts}>{facts}</div>}
      </div>
      {actions !== undefined && <div className={classes.actions}>{actions}</div>}
      {children}
    </li>
  );
}

/** A word of what something is. */
export function Tag({ children, tone }: { readonly children: ReactNode; readonly tone?: 'good' | 'warn' | 'bad' }) {
  return (
    <span className={classes.tag} data-tone={tone}>
      {children}
    </span>
  );
}
