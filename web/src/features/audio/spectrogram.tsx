import { Trans, useLingui } from '@lingui/react/macro';
import { type CSSProperties, type HTMLAttributes, useState } from 'react';
import type { SpectrogramData } from '../../api/audio.ts';
import type { JobOutput } from '../../api/job.ts';
import { clockText, frequencyText } from './figures.ts';
import classes from './spectrogram.module.css';
import { heightOfHz } from './spectrogram-scale.ts';

interface Props {
  readonly output: JobOutput;
  readonly durationSeconds: number;
  readonly pointer: HTMLAttributes<HTMLElement>;
}

const marksHz = [100, 1_000, 10_000];

/** How much there is of each frequency over time, low at the bottom. Its numbers stand in the table of the bands. */
export function Spectrogram({ output, durationSeconds, pointer }: Props) {
  const { t, i18n } = useLingui();
  const [failed, setFailed] = useState(false);
  const data = output.data as unknown as SpectrogramData | undefined;
  const length = clockText(durationSeconds);
  // The last column may reach beyond the end.
  const stretch = data ? Math.max(1, (data.columns * data.columnSeconds) / durationSeconds) : 1;
  if (failed) {
    return (
      <p className={classes.gone}>
        <Trans>The spectrogram is no longer on the server. Run the analysis again to see it.</Trans>
      </p>
    );
  }
  return (
    <div className={classes.row}>
      <div className={classes.marks} aria-hidden>
        {data &&
          marksHz
            .filter((hz) => hz > data.fromHz && hz < data.toHz)
            .map((hz) => (
              <span key={hz} style={{ '--height': heightOfHz(hz, data) } as CSSProperties}>
                {frequencyText(hz, i18n.locale)}
              </span>
            ))}
      </div>
      <div className={classes.picture} {...pointer}>
        <img
          src={output.url}
          alt={t`Spectrogram of ${length}`}
          style={{ '--stretch': stretch } as CSSProperties}
          draggable={false}
          onError={() => setFailed(true)}
        />
      </div>
    </div>
  );
}
