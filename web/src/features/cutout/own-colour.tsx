import { Trans, useLingui } from '@lingui/react/macro';
import { ColorPicker, Popover, TextInput } from '@mantine/core';
import { IconColorSwatch } from '@tabler/icons-react';
import { type CSSProperties, useState } from 'react';
import classes from './background-picker.module.css';

interface Props {
  /** The colour, where it is none of those that have a button. */
  readonly colour: string | undefined;
  readonly onColour: (colour: string) => void;
}

const start = '#dfe7e3';

/** A colour of one's own: picked with the mouse or the arrow keys, or typed. */
export function OwnColour({ colour, onColour }: Props) {
  const { t } = useLingui();
  const [draft, setDraft] = useState(colour ?? start);
  const type = (typed: string): void => {
    setDraft(typed);
    const hex = typed.startsWith('#') ? typed : `#${typed}`;
    if (/^#[0-9a-f]{6}$/i.test(hex)) onColour(hex.toLowerCase());
  };
  return (
    <Popover position="bottom" withArrow trapFocus>
      <Popover.Target>
        <button
          type="button"
          className={classes.swatch}
          aria-pressed={colour !== undefined}
          data-look={colour === undefined ? 'own' : undefined}
          style={{ '--swatch': colour } as CSSProperties}
          aria-label={t`Another colour`}
          title={t`Another colour`}
        >
          {colour === undefined && <IconColorSwatch size={18} stroke={1.7} aria-hidden />}
        </button>
      </Popover.Target>
      <Popover.Dropdown className={classes.own}>
        <ColorPicker
          format="hex"
          value={draft}
          onChange={setDraft}
          onChangeEnd={onColour}
          saturationLabel={t`Saturation and brightness`}
          hueLabel={t`Hue`}
          fullWidth
        />
        <TextInput
          label={<Trans>Colour code</Trans>}
          value={draft}
          maxLength={7}
          onChange={({ currentTarget }) => type(currentTarget.value.trim())}
        />
      </Popover.Dropdown>
    </Popover>
  );
}
