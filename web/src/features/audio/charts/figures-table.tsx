import type { ReactNode } from 'react';
import classes from './figures-table.module.css';

interface Props {
  /** What it is a table of, for those who do not see what is around it. */
  readonly caption: string;
  readonly head: readonly ReactNode[];
  /** The first cell of a row names it. */
  readonly rows: readonly (readonly ReactNode[])[];
  /** Whether it scrolls by itself when it is long. */
  readonly scrolls?: boolean;
}

/** Numbers in rows, right-aligned under their names. */
export function FiguresTable({ caption, head, rows, scrolls = false }: Props) {
  const table = (
    <table className={classes.table}>
      <caption className={classes.caption}>{caption}</caption>
      <thead>
        <tr>
          {head.map((name, column) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: columns do not move
            <th key={column} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, ...cells], row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows do not move
          <tr key={row}>
            <th scope="row">{name}</th>
            {cells.map((cell, column) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: cells do not move
              <td key={column}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
  return scrolls ? (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
    <section className={classes.frame} aria-label={caption} tabIndex={0}>
      {table}
    </section>
  ) : (
    <div className={classes.wide}>{table}</div>
  );
}
