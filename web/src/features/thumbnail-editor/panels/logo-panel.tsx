import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Switch } from '@mantine/core';
import { AnchorField, NumberField, Section } from '../controls.tsx';
import { type LogoLook, newLogo } from '../design.ts';
import { PictureField } from '../picture-field.tsx';

interface Props {
  readonly logo: LogoLook | undefined;
  readonly onChange: (logo: LogoLook | undefined, subject?: string) => void;
}

export function LogoPanel({ logo, onChange }: Props) {
  const { t } = useLingui();
  const set = (changes: Partial<LogoLook>): void => {
    if (logo) onChange({ ...logo, ...changes }, `logo.${Object.keys(changes)[0]}`);
  };
  return (
    <>
      <Section>
        <PictureField
          label={t`Logo or watermark`}
          picture={logo?.picture}
          onChange={(picture) => onChange(logo ? { ...logo, picture } : newLogo(picture))}
        />
        {logo && (
          <Button variant="default" onClick={() => onChange(undefined)}>
            <Trans>Remove the logo</Trans>
          </Button>
        )}
      </Section>
      {logo && (
        <Section>
          <NumberField
            label={<Trans>Width</Trans>}
            min={1}
            max={100}
            value={logo.widthPercent}
            onChange={(widthPercent = 18) => set({ widthPercent })}
          />
          <NumberField
            label={<Trans>Opacity</Trans>}
            min={1}
            max={100}
            value={logo.opacityPercent}
            onChange={(opacityPercent = 100) => set({ opacityPercent })}
          />
          <Switch
            label={t`Repeat over the whole picture`}
            checked={logo.tile}
            onChange={({ currentTarget }) => set({ tile: currentTarget.checked })}
          />
        </Section>
      )}
      {logo && !logo.tile && (
        <Section>
          <AnchorField value={logo.anchor} onChange={(anchor) => set({ anchor })} />
          <NumberField
            label={<Trans>Move right</Trans>}
            min={-100}
            max={100}
            step={0.5}
            value={logo.offsetXPercent}
            onChange={(offsetXPercent = 0) => set({ offsetXPercent })}
          />
          <NumberField
            label={<Trans>Move down</Trans>}
            min={-100}
            max={100}
            step={0.5}
            value={logo.offsetYPercent}
            onChange={(offsetYPercent = 0) => set({ offsetYPercent })}
          />
        </Section>
      )}
    </>
  );
}
