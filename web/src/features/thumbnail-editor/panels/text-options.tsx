import { Trans, useLingui } from '@lingui/react/macro';
import { Switch } from '@mantine/core';
import { ChoiceField, ColourField, NumberField, Pair } from '../controls.tsx';
import { type TextLook, textDefaults, textKinds } from '../design.ts';
import { useTextNames } from '../names.ts';
import { PlaceFields } from './place-fields.tsx';

/** Undefined goes back to what the kind says. */
export type TextChanges = { readonly [K in keyof TextLook]?: TextLook[K] | undefined };

interface Props {
  readonly text: TextLook;
  readonly onChange: (changes: TextChanges) => void;
}

const fonts = ['Inter', 'Inter Italic'] as const;
const newBox = { colour: '#d90429', paddingPercent: 35, radiusPercent: 30 };
const newOutline = { colour: '#ffffff', widthPercent: 6 };
const noBox = { colour: '#ffffff', paddingPercent: 0, radiusPercent: 0 };

/** How one text looks. */
export function TextOptions({ text, onChange }: Props) {
  const { t } = useLingui();
  const names = useTextNames();
  const defaults = textDefaults[text.kind];
  const { outline } = text;
  const box = text.box ?? defaults.box;
  const weights = [
    { value: '400', label: t`Normal` },
    { value: '500', label: t`Medium` },
    { value: '600', label: t`Semibold` },
    { value: '800', label: t`Bold` },
    { value: '900', label: t`Heavy` },
  ];
  return (
    <>
      <Pair>
        <ChoiceField
          label={t`Kind`}
          value={text.kind}
          options={textKinds.map((kind) => ({ value: kind, label: names[kind] }))}
          onChange={(kind) => onChange({ kind })}
        />
        <ChoiceField
          label={t`Weight`}
          value={String(text.weight ?? defaults.weight)}
          options={weights}
          onChange={(weight) => onChange({ weight: Number(weight) })}
        />
      </Pair>
      <Pair>
        <ChoiceField
          label={t`Font`}
          value={text.font}
          options={fonts.map((font) => ({ value: font, label: font }))}
          onChange={(font) => onChange({ font })}
        />
        <ColourField
          label={t`Colour`}
          value={text.colour ?? defaults.colour}
          onChange={(colour) => onChange({ colour })}
        />
      </Pair>
      <NumberField
        label={<Trans>Size</Trans>}
        min={1}
        max={40}
        step={0.5}
        value={text.sizePercent}
        fallback={defaults.sizePercent}
        onChange={(sizePercent) => onChange({ sizePercent })}
      />
      <PlaceFields anchor={text.anchor ?? defaults.anchor} offset={text} onChange={onChange} />
      <NumberField
        label={<Trans>Turn</Trans>}
        unit="°"
        min={-180}
        max={180}
        value={text.rotateDegrees}
        onChange={(rotateDegrees = 0) => onChange({ rotateDegrees })}
      />
      <Switch
        label={t`Box behind it`}
        checked={box !== undefined && box.paddingPercent > 0}
        // A discount has a box unless it is told to have none.
        onChange={({ currentTarget: { checked } }) =>
          onChange({ box: checked ? newBox : defaults.box ? noBox : undefined })
        }
      />
      {box !== undefined && box.paddingPercent > 0 && (
        <>
          <ColourField
            label={t`Colour of the box`}
            value={box.colour}
            onChange={(colour) => onChange({ box: { ...box, colour } })}
          />
          <NumberField
            label={<Trans>Space inside</Trans>}
            min={1}
            max={150}
            value={box.paddingPercent}
            onChange={(paddingPercent = 35) => onChange({ box: { ...box, paddingPercent } })}
          />
          <NumberField
            label={<Trans>Round corners</Trans>}
            min={0}
            max={200}
            value={box.radiusPercent}
            onChange={(radiusPercent = 30) => onChange({ box: { ...box, radiusPercent } })}
          />
        </>
      )}
      <Switch
        label={t`Outline`}
        checked={outline !== undefined}
        onChange={({ currentTarget }) => onChange({ outline: currentTarget.checked ? newOutline : undefined })}
      />
      {outline !== undefined && (
        <>
          <ColourField
            label={t`Colour of the outline`}
            value={outline.colour}
            onChange={(colour) => onChange({ outline: { ...outline, colour } })}
          />
          <NumberField
            label={<Trans>Width of the outline</Trans>}
            min={1}
            max={40}
            value={outline.widthPercent}
            onChange={(widthPercent = 6) => onChange({ outline: { ...outline, widthPercent } })}
          />
        </>
      )}
    </>
  );
}
