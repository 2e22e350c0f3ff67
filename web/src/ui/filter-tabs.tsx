import type { ReactNode } from 'react';
import classes from './filter-tabs.module.css';

interface Props<T extends string> {
  /** What is filtered, for those who do not see it. */
  readonly label: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: ReactNode; readonly count?: number }[];
  readonly onChange: (value: T) => void;
}

/** A row of choices of which one holds; it scrolls sideways where it is too long. */
export function FilterTabs<T extends string>({ label, value, options, onChange }: Props<T>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset does not scroll sideways in every browser
    <div className={classes.tabs} role="group" aria-label={label}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          className={classes.tab}
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
        >
          {option.label}
          {option.count !== undefined && <span className={classes.count}>{option.count}</span>}
        </button>
      ))}
    </div>
  );
}
