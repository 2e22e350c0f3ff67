import type { ReactNode } from 'react';
import classes from './table.module.css';

interface Props {
  /** What it is a table of, for those who do not see what is around it. */
  readonly caption: string;
  readonly head: readonly string[];
  /** The first cell of a row names it. */
  readonly rows: readonly { readonly id: string; readonly cells: readonly ReactNode[] }[];
  /** Whether all cells but the first are numbers. */
  readonly numbers?: boolean;
}

/** Rows and columns; where it is wider than its place it scrolls sideways by itself. */
export function Table({ caption, head, rows, numbers = false }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
    <section className={classes.frame} aria-label={caption} tabIndex={0}>
      <table className={classes.table} data-numbers={numbers || undefined}>
        <thead>
          <tr>
            {head.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, cells: [name, ...cells] }) => (
            <tr key={id}>
              <th scope="row">{name}</th>
              {cells.map((cell, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: cells do not move
                <td key={column}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
