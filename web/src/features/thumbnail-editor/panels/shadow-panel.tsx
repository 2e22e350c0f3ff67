import { Trans, useLingui } from '@lingui/react/macro';
import { SegmentedControl } from '@mantine/core';
import { NumberField, Section } from '../controls.tsx';
import { type ShadowKind, type ShadowLook, shadowDefaults, shadowKinds } from '../design.ts';
import { useShadowNames } from '../names.ts';

interface Props {
  readonly shadow: ShadowLook;
  readonly onChange: (shadow: ShadowLook, subject?: string) => void;
}

export function ShadowPanel({ shadow, onChange }: Props) {
  const { t } = useLingui();
  const names = useShadowNames();
  const defaults = shadowDefaults[shadow.kind];
  const set = (name: Exclude<keyof ShadowLook, 'kind'>) => (value: number | undefined) => {
    const { [name]: _before, ...others } = shadow;
    onChange(value === undefined ? others : { ...others, [name]: value }, `shadow.${name}`);
  };
  return (
    <>
      <Section>
        <SegmentedControl
          fullWidth
          orientation="vertical"
          aria-label={t`Shadow`}
          value={shadow.kind}
          onChange={(kind) => onChange({ kind: kind as ShadowKind })}
          data={shadowKinds.map((kind) => ({ value: kind, label: names[kind] }))}
        />
      </Section>
      {shadow.kind !== 'none' && (
        <Section>
          <NumberField
            label={<Trans>Strength</Trans>}
            min={0}
            max={100}
            value={shadow.opacityPercent}
            fallback={defaults.opacityPercent}
            onChange={set('opacityPercent')}
          />
          <NumberField
            label={<Trans>Softness</Trans>}
            min={0}
            max={30}
            step={0.1}
            value={shadow.softnessPercent}
            fallback={defaults.softnessPercent}
            onChange={set('softnessPercent')}
          />
          {shadow.kind !== 'reflection' && (
            <NumberField
              label={<Trans>Direction</Trans>}
              unit="°"
              min={0}
              max={360}
              step={5}
              value={shadow.angleDegrees}
              fallback={defaults.angleDegrees}
              onChange={set('angleDegrees')}
            />
          )}
          <NumberField
            label={<Trans>Distance</Trans>}
            min={0}
            max={40}
            step={0.5}
            value={shadow.distancePercent}
            fallback={defaults.distancePercent}
            onChange={set('distancePercent')}
          />
        </Section>
      )}
    </>
  );
}
