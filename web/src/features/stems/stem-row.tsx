import { useLingui } from '@lingui/react/macro';
import { Slider, useComputedColorScheme } from '@mantine/core';
import type { JobOutput } from '../../api/job.ts';
import { SaveButton } from '../../ui/save-button.tsx';
import { shareText } from '../audio/figures.ts';
import type { Transport } from '../audio/player/transport.ts';
import { pointerSeek } from '../audio/player/use-seek.ts';
import { type Peaks, Wave } from '../audio/player/wave.tsx';
import type { StemSetting } from './stem-gains.ts';
import classes from './stem-row.module.css';

interface Props {
  readonly name: string;
  readonly fileName: string;
  readonly output: JobOutput;
  readonly setting: StemSetting;
  /** Whether it is not heard, by its own setting or another's. */
  readonly silent: boolean;
  readonly peaks: Peaks | undefined;
  readonly transport: Transport | undefined;
  readonly onChange: (changes: Partial<StemSetting>) => void;
}

const heightPx = 64;

/** One stem: its name, mute, solo and volume, and its waveform. */
export function StemRow({ name, fileName, output, setting, silent, peaks, transport, onChange }: Props) {
  const { t, i18n } = useLingui();
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const { muted, solo, volume } = setting;
  return (
    <div className={classes.row} data-silent={silent || undefined}>
      <div className={classes.head}>
        <span className={classes.name}>{name}</span>
        <SaveButton output={output} name={fileName} />
      </div>
      <div className={classes.controls}>
        <button
          type="button"
          className={classes.toggle}
          aria-pressed={muted}
          aria-label={t`Mute ${name}`}
          title={t`Mute (M)`}
          onClick={() => onChange({ muted: !muted })}
        >
          M
        </button>
        <button
          type="button"
          className={classes.toggle}
          data-kind="solo"
          aria-pressed={solo}
          aria-label={t`Only ${name}`}
          title={t`Alone (S)`}
          onClick={() => onChange({ solo: !solo })}
        >
          S
        </button>
        <Slider
          className={classes.volume}
          size="sm"
          min={0}
          max={100}
          step={1}
          label={(percent) => shareText(percent / 100, i18n.locale)}
          thumbLabel={t`Volume of ${name}`}
          value={Math.round(volume * 100)}
          onChange={(percent) => onChange({ volume: percent / 100 })}
        />
      </div>
      <div className={classes.wave} {...pointerSeek(transport)}>
        {peaks && transport && (
          <Wave
            peaks={peaks}
            durationSeconds={transport.durationSeconds}
            transport={transport}
            heightPx={heightPx}
            scheme={scheme}
          />
        )}
        <span className={classes.playhead} aria-hidden />
      </div>
    </div>
  );
}
