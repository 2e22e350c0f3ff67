import { Trans, useLingui } from '@lingui/react/macro';
import { useEffect, useRef } from 'react';
import { inLanguage, type Preset } from './catalogue.ts';
import classes from './preset-tabs.module.css';
import { ownSize } from './request.ts';

interface Props {
  readonly presets: readonly Preset[];
  readonly value: string;
  /** The size of one's own. */
  readonly canvas: { readonly widthPx: number; readonly heightPx: number };
  readonly onChange: (preset: string) => void;
}

/** For which channel the picture is: a row that scrolls sideways. */
export function PresetTabs({ presets, value, canvas, onChange }: Props) {
  const { t, i18n } = useLingui();
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const [frame, chosen] = [row.current, row.current?.querySelector<HTMLElement>(`[data-preset="${value}"]`)];
    if (frame && chosen) frame.scrollLeft = chosen.offsetLeft - (frame.clientWidth - chosen.offsetWidth) / 2;
  }, [value]);
  const tabs = [
    ...presets.map((preset) => ({ ...preset, label: inLanguage(preset.title, i18n.locale) })),
    { id: ownSize, label: t`Own size`, ...canvas },
  ];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset does not scroll sideways in every browser
    <div ref={row} className={classes.tabs} role="group" aria-label={t`Channel`}>
      {tabs.map(({ id, label, widthPx, heightPx }) => (
        <button
          key={id}
          type="button"
          className={classes.tab}
          data-preset={id}
          aria-pressed={id === value}
          onClick={() => onChange(id)}
        >
          <span
            className={classes.shape}
            style={{ aspectRatio: `${widthPx} / ${heightPx}` }}
            data-tall={heightPx > widthPx || undefined}
            aria-hidden
          />
          <span className={classes.words}>
            <span className={classes.label}>{label}</span>
            <span className={classes.size}>
              <Trans>
                {widthPx} × {heightPx}
              </Trans>
            </span>
          </span>
        </button>
      ))}
    </div>
  );
}
