import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { IconPhoto } from '@tabler/icons-react';
import { type CSSProperties, useRef, useState } from 'react';
import { useErrorText } from '../../ui/use-error-text.ts';
import type { Background } from './background.ts';
import classes from './background-picker.module.css';
import { OwnColour } from './own-colour.tsx';
import { uploadPicture } from './upload-picture.ts';

interface Props {
  readonly background: Background;
  readonly onBackground: (background: Background) => void;
}

const colours = [
  { colour: '#ffffff', name: msg`White` },
  { colour: '#f1efe9', name: msg`Ivory` },
  { colour: '#dfe7e3', name: msg`Sage` },
  { colour: '#111111', name: msg`Black` },
] as const;

const gradients = [
  { from: '#fdf3e7', to: '#f3d9c4', name: msg`Peach gradient` },
  { from: '#eef6ff', to: '#c9dcf2', name: msg`Sky gradient` },
] as const;

/** What goes behind the products. Every choice is a button with a name; the chosen one is pressed. */
export function BackgroundPicker({ background, onBackground }: Props) {
  const { t, i18n } = useLingui();
  const errorText = useErrorText();
  const file = useRef<HTMLInputElement>(null);
  const [failure, setFailure] = useState<string>();
  const chosen = (is: boolean) => ({ type: 'button' as const, className: classes.swatch, 'aria-pressed': is });
  const colour = background.kind === 'colour' ? background.colour : undefined;
  const ownColour = colour !== undefined && !colours.some((preset) => preset.colour === colour);

  const takePicture = (picture: File | undefined): void => {
    if (picture === undefined) return;
    setFailure(undefined);
    uploadPicture(picture).then(
      (asset) => onBackground({ kind: 'picture', assetId: asset.id, name: picture.name }),
      (error: Error) => setFailure(errorText(error)),
    );
  };

  return (
    <fieldset className={classes.picker}>
      <legend className={classes.legend}>
        <Trans>Background</Trans>
      </legend>
      <button
        {...chosen(background.kind === 'transparent')}
        data-look="transparent"
        aria-label={t`Transparent`}
        title={t`Transparent`}
        onClick={() => onBackground({ kind: 'transparent' })}
      />
      {colours.map((preset) => (
        <button
          key={preset.colour}
          {...chosen(colour === preset.colour)}
          style={{ '--swatch': preset.colour } as CSSProperties}
          aria-label={i18n._(preset.name)}
          title={i18n._(preset.name)}
          onClick={() => onBackground({ kind: 'colour', colour: preset.colour })}
        />
      ))}
      <OwnColour
        colour={ownColour ? colour : undefined}
        onColour={(own) => onBackground({ kind: 'colour', colour: own })}
      />
      {gradients.map(({ from, to, name }) => (
        <button
          key={from}
          {...chosen(background.kind === 'gradient' && background.from === from)}
          style={{ '--swatch': `linear-gradient(${from}, ${to})` } as CSSProperties}
          aria-label={i18n._(name)}
          title={i18n._(name)}
          onClick={() => onBackground({ kind: 'gradient', from, to })}
        />
      ))}
      <button
        {...chosen(background.kind === 'picture')}
        data-look="own"
        aria-label={background.kind === 'picture' ? t`Picture: ${background.name}` : t`A picture of yours`}
        title={background.kind === 'picture' ? background.name : t`A picture of yours`}
        onClick={() => file.current?.click()}
      >
        <IconPhoto size={18} stroke={1.7} aria-hidden />
      </button>
      <input
        ref={file}
        type="file"
        accept="image/*,.heic,.heif"
        hidden
        aria-label={t`Background picture`}
        onChange={({ currentTarget }) => {
          takePicture(currentTarget.files?.[0]);
          currentTarget.value = '';
        }}
      />
      {failure !== undefined && (
        <p className={classes.failure} role="alert">
          {failure}
        </p>
      )}
    </fieldset>
  );
}
