import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconChartLine, IconTable } from '@tabler/icons-react';
import { type ReactNode, useId, useState } from 'react';
import classes from './figure.module.css';

interface Props {
  readonly title: ReactNode;
  /** What it says, in a line. */
  readonly lead?: ReactNode;
  /** Beside the title. */
  readonly actions?: ReactNode;
  /** The picture. */
  readonly children: ReactNode;
  /** The same in numbers; asked for only when it is shown. */
  readonly table?: () => ReactNode;
}

/** A picture with its title, and the same as a table for those who do not see it or want the numbers. */
export function Figure({ title, lead, actions, children, table }: Props) {
  const id = useId();
  const [asTable, setAsTable] = useState(false);
  return (
    <section className={classes.figure} aria-labelledby={id}>
      <header className={classes.head}>
        <div className={classes.words}>
          <h2 id={id} className={classes.title}>
            {title}
          </h2>
          {lead !== undefined && <p className={classes.lead}>{lead}</p>}
        </div>
        {actions}
        {table && (
          <Button
            variant="subtle"
            size="compact-sm"
            color="gray"
            className={classes.toggle}
            aria-describedby={id}
            leftSection={asTable ? <IconChartLine size={16} aria-hidden /> : <IconTable size={16} aria-hidden />}
            onClick={() => setAsTable(!asTable)}
          >
            {asTable ? <Trans>Picture</Trans> : <Trans>Table</Trans>}
          </Button>
        )}
      </header>
      {asTable && table ? table() : children}
    </section>
  );
}
