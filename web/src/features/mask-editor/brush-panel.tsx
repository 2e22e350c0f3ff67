import { Trans, useLingui } from '@lingui/react/macro';
import { SegmentedControl, Slider } from '@mantine/core';
import { IconBrush, IconEraser, IconHandStop } from '@tabler/icons-react';
import { type ReactNode, useId } from 'react';
import { type Brush, brushLimits } from './brush.ts';
import classes from './brush-panel.module.css';
import type { MaskView } from './mask-renderer.ts';
import type { StageSettings } from './stage-view.ts';

interface Props {
  readonly settings: StageSettings;
  readonly onChange: (settings: StageSettings) => void;
}

/** Sizes are felt by their ratio: the slider's middle is the middle of small and large. */
const sizeSteps = 100;
const sizeRatio = brushLimits.largestPx / brushLimits.smallestPx;

export function BrushPanel({ settings, onChange }: Props) {
  const { t } = useLingui();
  const { brush, view, pans } = settings;
  const setBrush = (changes: Partial<Brush>): void => onChange({ ...settings, brush: { ...brush, ...changes } });
  return (
    <div className={classes.panel}>
      <SegmentedControl
        fullWidth
        className={classes.wide}
        aria-label={t`Tool`}
        value={pans ? 'move' : brush.mode}
        onChange={(tool) =>
          onChange(
            tool === 'move'
              ? { ...settings, pans: true }
              : { ...settings, pans: false, brush: { ...brush, mode: tool === 'erase' ? 'erase' : 'restore' } },
          )
        }
        data={[
          { value: 'erase', label: tool(IconEraser, <Trans>Erase</Trans>) },
          { value: 'restore', label: tool(IconBrush, <Trans>Restore</Trans>) },
          { value: 'move', label: tool(IconHandStop, <Trans>Move</Trans>) },
        ]}
      />
      <Field label={<Trans>Size</Trans>} value={t`${brush.radiusPx * 2} px`}>
        {(id) => (
          <Slider
            thumbProps={{ 'aria-labelledby': id }}
            label={null}
            min={0}
            max={sizeSteps}
            value={(Math.log(brush.radiusPx / brushLimits.smallestPx) / Math.log(sizeRatio)) * sizeSteps}
            onChange={(step) =>
              setBrush({ radiusPx: Math.round(brushLimits.smallestPx * sizeRatio ** (step / sizeSteps)) })
            }
          />
        )}
      </Field>
      <Field label={<Trans>Hardness</Trans>} value={t`${Math.round(brush.hardness * 100)} %`}>
        {(id) => (
          <Slider
            thumbProps={{ 'aria-labelledby': id }}
            label={null}
            step={5}
            value={Math.round(brush.hardness * 100)}
            onChange={(percent) => setBrush({ hardness: percent / 100 })}
          />
        )}
      </Field>
      <Field label={<Trans>Opacity</Trans>} value={t`${Math.round(brush.opacity * 100)} %`}>
        {(id) => (
          <Slider
            thumbProps={{ 'aria-labelledby': id }}
            label={null}
            min={5}
            step={5}
            value={Math.round(brush.opacity * 100)}
            onChange={(percent) => setBrush({ opacity: percent / 100 })}
          />
        )}
      </Field>
      <Field label={<Trans>Removed area</Trans>} wide>
        {(id) => (
          <SegmentedControl
            fullWidth
            aria-labelledby={id}
            value={view}
            onChange={(value) => onChange({ ...settings, view: value as MaskView })}
            data={[
              { value: 'dimmed', label: t`Pale` },
              { value: 'red', label: t`Red` },
              { value: 'result', label: t`Gone` },
            ]}
          />
        )}
      </Field>
    </div>
  );
}

function tool(Icon: typeof IconBrush, label: ReactNode) {
  return (
    <span className={classes.tool}>
      <Icon size={20} stroke={1.7} aria-hidden />
      {label}
    </span>
  );
}

interface FieldProps {
  readonly label: ReactNode;
  readonly value?: string;
  readonly wide?: boolean;
  readonly children: (labelId: string) => ReactNode;
}

function Field({ label, value, wide, children }: FieldProps) {
  const id = useId();
  return (
    <div className={wide ? classes.wide : undefined}>
      <div className={classes.label}>
        <span id={id}>{label}</span>
        {value !== undefined && <output className={classes.value}>{value}</output>}
      </div>
      {children(id)}
    </div>
  );
}
