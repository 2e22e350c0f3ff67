import { Trans, useLingui } from '@lingui/react/macro';
import { Switch } from '@mantine/core';
import { NumberField, Section } from '../controls.tsx';
import type { ProductLook } from '../design.ts';
import { PlaceFields } from './place-fields.tsx';

interface Props {
  readonly look: ProductLook;
  /** The preset's. */
  readonly marginPercent: number;
  readonly onChange: (look: ProductLook, subject?: string) => void;
}

export function ProductPanel({ look, marginPercent, onChange }: Props) {
  const { t } = useLingui();
  const set = (changes: Partial<ProductLook>): void =>
    onChange({ ...look, ...changes }, `product.${Object.keys(changes)[0]}`);
  const setMargin = (margin: number | undefined): void => {
    const { marginPercent: _margin, ...others } = look;
    onChange(margin === undefined ? others : { ...others, marginPercent: margin }, 'product.marginPercent');
  };
  return (
    <>
      <Section>
        <NumberField
          label={<Trans>Margin</Trans>}
          min={0}
          max={45}
          step={0.5}
          value={look.marginPercent}
          fallback={marginPercent}
          onChange={setMargin}
        />
        <NumberField
          label={<Trans>Size</Trans>}
          min={10}
          max={200}
          value={look.scalePercent}
          onChange={(scalePercent = 100) => set({ scalePercent })}
        />
        <NumberField
          label={<Trans>Turn</Trans>}
          unit="°"
          min={-180}
          max={180}
          value={look.rotateDegrees}
          onChange={(rotateDegrees = 0) => set({ rotateDegrees })}
        />
      </Section>
      <Section>
        <PlaceFields anchor={look.anchor} offset={look} onChange={set} />
      </Section>
      <Section>
        <Switch
          label={t`Mirror`}
          checked={look.mirror}
          onChange={({ currentTarget }) => set({ mirror: currentTarget.checked })}
        />
        <Switch
          label={t`Remove the photo’s own background`}
          checked={look.cutout}
          onChange={({ currentTarget }) => set({ cutout: currentTarget.checked })}
        />
      </Section>
    </>
  );
}
