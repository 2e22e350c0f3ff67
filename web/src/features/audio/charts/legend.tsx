import classes from './legend.module.css';

interface Props {
  readonly entries: readonly { readonly tone: 'accent' | 'faint' | 'other'; readonly label: string }[];
}

export function Legend({ entries }: Props) {
  return (
    <ul className={classes.legend}>
      {entries.map(({ tone, label }) => (
        <li key={label} data-tone={tone}>
          {label}
        </li>
      ))}
    </ul>
  );
}
