import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, FileButton } from '@mantine/core';
import { IconTable } from '@tabler/icons-react';
import { useState } from 'react';
import { isHarmless, type PriceTable, type TableProblem } from './price-row.ts';
import classes from './price-table-field.module.css';
import type { Product } from './product-list.ts';

/** As it is written, in any language. */
const field = '{{price}}';

interface Props {
  /** What the design's texts ask for. */
  readonly fields: readonly string[];
  readonly products: readonly Product[];
  readonly table: PriceTable | undefined;
  readonly onTable: (table: PriceTable | undefined) => void;
}

const shownRows = 5;
const shownProblems = 8;

/** A table with a line for each product: what is right in it, and what is wrong in which line. */
export function PriceTableField({ fields, products, table, onTable }: Props) {
  const { t } = useLingui();
  const [name, setName] = useState('');
  const example = [t`product`, ...fields].join(';');
  const read = async (file: File | null): Promise<void> => {
    if (!file) return;
    setName(file.name);
    // The reader of tables comes only when there is one.
    const [text, { readPriceTable }] = await Promise.all([readText(file), import('./price-table.ts')]);
    onTable(readPriceTable(text, fields, products));
  };
  return (
    <section className={classes.field}>
      <h3 className={classes.title}>
        <Trans>Table of prices</Trans>
      </h3>
      <p className={classes.hint}>
        {fields.length === 0 ? (
          <Trans>
            Your texts are the same for all products. Write {field} in one of them, and a table (CSV) fills in what
            belongs to each product.
          </Trans>
        ) : (
          <Trans>
            A CSV file with a line for each product. Its first line: <code>{example}</code>
          </Trans>
        )}
      </p>
      {fields.length > 0 && (
        <div className={classes.actions}>
          <FileButton
            accept=".csv,.tsv,.txt,text/csv"
            inputProps={{ 'aria-label': t`Table of prices` }}
            onChange={(file) => void read(file)}
          >
            {(props) => (
              <Button variant="default" leftSection={<IconTable size={18} aria-hidden />} {...props}>
                {table ? <Trans>Another table</Trans> : <Trans>Choose a table</Trans>}
              </Button>
            )}
          </FileButton>
          {table && (
            <Button variant="subtle" color="gray" onClick={() => onTable(undefined)}>
              <Trans>Without a table</Trans>
            </Button>
          )}
        </div>
      )}
      {table && (
        <>
          <p className={classes.sum} aria-live="polite">
            {name}: <Plural value={table.rows.length} one="# line is right" other="# lines are right" />
          </p>
          {table.problems.length > 0 && <Problems problems={table.problems} />}
          {table.rows.length > 0 && (
            <div className={classes.scroll}>
              <table className={classes.table}>
                <thead>
                  <tr>
                    <th>
                      <Trans>Line</Trans>
                    </th>
                    <th>
                      <Trans>Product</Trans>
                    </th>
                    {fields.map((each) => (
                      <th key={each}>{each}</th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {table.rows.slice(0, shownRows).map(({ line, product, values }) => (
                    <tr key={line}>
                      <td>{line}</td>
                      <td>{product.name}</td>
                      {fields.map((each) => (
                        <td key={each}>{values[each]}</td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
          {table.rows.length > shownRows && (
            <p className={classes.hint}>
              <Plural value={table.rows.length - shownRows} one="and # more line" other="and # more lines" />
            </p>
          )}
        </>
      )}
    </section>
  );
}

function Problems({ problems }: { readonly problems: readonly TableProblem[] }) {
  const text = useProblemText();
  return (
    <ul className={classes.problems}>
      {problems.slice(0, shownProblems).map((problem) => (
        <li key={JSON.stringify(problem)} data-harmless={isHarmless(problem) || undefined}>
          {text(problem)}
        </li>
      ))}
      {problems.length > shownProblems && (
        <li>
          <Plural value={problems.length - shownProblems} one="and # more" other="and # more" />
        </li>
      )}
    </ul>
  );
}

function useProblemText(): (problem: TableProblem) => string {
  const { t } = useLingui();
  return (problem) => {
    switch (problem.code) {
      case 'unreadable':
        return t`Line ${problem.line}: this is not a table that can be read. Save it as CSV again. (${problem.detail})`;
      case 'no-rows':
        return t`The table has a heading, but no lines below it.`;
      case 'no-product-column':
        return t`No column says which product a line is about. Call one of them “product”.`;
      case 'missing-column':
        return t`The column “${problem.column}” is missing; a text asks for it.`;
      case 'unused-column':
        return t`The column “${problem.column}” is not used by any text.`;
      case 'too-many-rows':
        return t`Only the first ${problem.limit} lines are taken.`;
      case 'unknown-product':
        return t`Line ${problem.line}: there is no product “${problem.name}” here. Add its photo, or correct the name.`;
      case 'twice-named':
        return t`Line ${problem.line}: several photos are called “${problem.name}”. Write the whole file name.`;
      case 'empty-field':
        return t`Line ${problem.line}: “${problem.column}” is empty.`;
    }
  };
}

/** Spreadsheets in Windows still save CSV in its old alphabet: what is not UTF-8 is that. */
async function readText(file: File): Promise<string> {
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
