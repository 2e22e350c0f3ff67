import { msg } from '@lingui/core/macro';
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, NativeSelect } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { type Look, type Quality, qualities } from './background.ts';
import { BackgroundPicker } from './background-picker.tsx';
import classes from './look-bar.module.css';

interface Props {
  readonly look: Look;
  readonly onLook: (changes: Partial<Look>) => void;
  readonly failed: number;
  readonly onRetryFailed: () => void;
}

const qualityNames = {
  auto: msg`Automatic`,
  fast: msg`Fast`,
  balanced: msg`Balanced`,
  best: msg`Best`,
} as const;

/** How all photos are to look: background and quality; and a second try for those that failed. */
export function LookBar({ look, onLook, failed, onRetryFailed }: Props) {
  const { t, i18n } = useLingui();
  return (
    <section className={classes.bar} aria-label={t`Look of all photos`}>
      <BackgroundPicker background={look.background} onBackground={(background) => onLook({ background })} />
      <div className={classes.end}>
        {failed > 0 && (
          <Button variant="default" leftSection={<IconRefresh size={16} aria-hidden />} onClick={onRetryFailed}>
            <Plural value={failed} one="Try # again" other="Try # again" />
          </Button>
        )}
        <div className={classes.quality}>
          <label htmlFor="quality">
            <Trans>Quality</Trans>
          </label>
          <NativeSelect
            id="quality"
            value={look.quality}
            data={qualities.map((quality) => ({ value: quality, label: i18n._(qualityNames[quality]) }))}
            onChange={({ currentTarget }) => onLook({ quality: currentTarget.value as Quality })}
          />
        </div>
      </div>
    </section>
  );
}
