import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Switch } from '@mantine/core';
import { NumberField, Section } from '../controls.tsx';
import { type LogoLook, newLogo } from '../design.ts';
import { PictureField } from '../picture-field.tsx';
import { PlaceFields } from './place-fields.tsx';

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
          <PlaceFields anchor={logo.anchor} offset={logo} onChange={set} />
        </Section>
      )}
    </>
  );
}
