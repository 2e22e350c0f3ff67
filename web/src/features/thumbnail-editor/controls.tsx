import '@mantine/core/styles/ColorInput.layer.css';
import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, ColorInput, NativeSelect, Slider } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { type ReactNode, useId, useState } from 'react';
import classes from './controls.module.css';
import { type Anchor, anchors } from './design.ts';
import { useAnchorNames } from './names.ts';

interface NumberFieldProps {
  readonly label: ReactNode;
  /** What is said; undefined follows `fallback`. */
  readonly value: number | undefined;
  /** What holds when nothing is said. */
  readonly fallback?: number | undefined;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  readonly unit?: string;
  /** Undefined to follow the fallback again. */
  readonly onChange: (value: number | undefined) => void;
}

/** One number, by slider and by typing; where it may be left out, a way back to what holds then. */
export function NumberField({ label, value, fallback, min, max, step = 1, unit = '%', onChange }: NumberFieldProps) {
  const { t } = useLingui();
  const id = useId();
  const shown = value ?? fallback ?? min;
  // What is being typed, until it is done: on the way to 1200 are 1, 12 and 120.
  const [draft, setDraft] = useState<string>();
  const take = (next: number): void => onChange(Math.min(Math.max(next, min), max));
  const type = (text: string, next: number): void => {
    setDraft(text);
    if (next >= min && next <= max) onChange(next);
  };
  const settle = (next: number): void => {
    if (draft !== undefined && Number.isFinite(next)) take(next);
    setDraft(undefined);
  };
  return (
    <div className={classes.number}>
      <div className={classes.head}>
        <span id={id} className={classes.label}>
          {label}
        </span>
        {fallback !== undefined && value !== undefined && (
          <ActionIcon
            size="sm"
            aria-label={t`Back to the default`}
            title={t`Back to the default`}
            onClick={() => onChange(undefined)}
          >
            <IconArrowBackUp size={16} stroke={1.8} />
          </ActionIcon>
        )}
        <span className={classes.entry}>
          <input
            type="number"
            className={classes.input}
            aria-labelledby={id}
            min={min}
            max={max}
            step={step}
            value={draft ?? Math.round(shown * 100) / 100}
            onChange={({ currentTarget }) => type(currentTarget.value, currentTarget.valueAsNumber)}
            onBlur={({ currentTarget }) => settle(currentTarget.valueAsNumber)}
          />
          <span className={classes.unit} aria-hidden>
            {unit}
          </span>
        </span>
      </div>
      <Slider
        thumbProps={{ 'aria-labelledby': id }}
        label={null}
        size="sm"
        min={min}
        max={max}
        step={step}
        value={shown}
        onChange={take}
      />
    </div>
  );
}

const swatches = ['#ffffff', '#f1efe9', '#dfe7e3', '#c9dcf2', '#f3d9c4', '#d90429', '#0f6f66', '#1b1f24'];

interface ColourFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (colour: string) => void;
}

export function ColourField({ label, value, onChange }: ColourFieldProps) {
  // Half a colour is typed before a whole one.
  const [draft, setDraft] = useState<string>();
  return (
    <ColorInput
      label={label}
      format="hex"
      value={draft ?? value}
      swatches={swatches}
      withEyeDropper={false}
      popoverProps={{ withinPortal: false }}
      onBlur={() => setDraft(undefined)}
      onChange={(colour) => {
        setDraft(colour);
        if (/^#[0-9a-f]{6}$/i.test(colour)) onChange(colour.toLowerCase());
      }}
    />
  );
}

interface ChoiceFieldProps<T extends string> {
  readonly label: ReactNode;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly onChange: (value: T) => void;
}

export function ChoiceField<T extends string>({ label, value, options, onChange }: ChoiceFieldProps<T>) {
  return (
    <NativeSelect
      label={label}
      value={value}
      data={[...options]}
      onChange={({ currentTarget }) => onChange(currentTarget.value as T)}
    />
  );
}

interface AnchorFieldProps {
  readonly value: Anchor;
  readonly onChange: (anchor: Anchor) => void;
}

/** Nine places on a small sheet. */
export function AnchorField({ value, onChange }: AnchorFieldProps) {
  const id = useId();
  const names = useAnchorNames();
  return (
    <fieldset className={classes.anchorField}>
      <legend className={classes.label}>
        <Trans>Place</Trans>
      </legend>
      <div className={classes.anchors}>
        {anchors.map((anchor) => (
          <label key={anchor} className={classes.anchor} title={names[anchor]}>
            <input
              type="radio"
              name={id}
              value={anchor}
              checked={anchor === value}
              aria-label={names[anchor]}
              onChange={() => onChange(anchor)}
            />
          </label>
        ))}
      </div>
    </fieldset>
  );
}

interface SectionProps {
  readonly title?: ReactNode;
  readonly children: ReactNode;
}

/** Controls that belong together. */
export function Section({ title, children }: SectionProps) {
  return (
    <section className={classes.section}>
      {title !== undefined && <h3 className={classes.sectionTitle}>{title}</h3>}
      {children}
    </section>
  );
}

/** Two short controls side by side. */
export function Pair({ children }: { readonly children: ReactNode }) {
  return <div className={classes.pair}>{children}</div>;
}
