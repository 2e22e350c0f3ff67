import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Loader } from '@mantine/core';
import {
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipBack,
  IconRewindBackward10,
  IconRewindForward10,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useShortcuts } from '../../../app/shortcuts.ts';
import { clockText } from '../figures.ts';
import classes from './player-bar.module.css';
import type { Transport } from './transport.ts';
import { leapSeconds, stepSeconds } from './use-seek.ts';
import { useCoarseTime, usePlaying } from './use-transport.ts';

interface Props {
  readonly transport: Transport | undefined;
  /** What else belongs to playing: the choice between two recordings. */
  readonly children?: ReactNode;
}

/** Play, pause and jump; by keys anywhere on the page. */
export function PlayerBar({ transport, children }: Props) {
  const { t } = useLingui();
  const playing = usePlaying(transport);
  const toggle = (): void => (transport?.playing ? transport.pause() : transport?.play());
  const jump = (seconds: number): void => transport?.seek(transport.timeSeconds + seconds);
  useShortcuts([
    { key: ' ', label: msg`Play or pause`, run: toggle },
    { key: 'k', label: msg`Play or pause`, run: toggle },
    { key: 'j', label: msg`Back 10 seconds`, run: () => jump(-leapSeconds) },
    { key: 'l', label: msg`Forward 10 seconds`, run: () => jump(leapSeconds) },
    { key: 'ArrowLeft', label: msg`Back 5 seconds`, run: () => jump(-stepSeconds) },
    { key: 'ArrowRight', label: msg`Forward 5 seconds`, run: () => jump(stepSeconds) },
  ]);
  const waiting = transport === undefined;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot stay in sight while the page scrolls
    <div className={classes.bar} role="group" aria-label={t`Player`}>
      <div className={classes.buttons}>
        <ActionIcon
          aria-label={t`To the start`}
          title={t`To the start`}
          disabled={waiting}
          onClick={() => transport?.seek(0)}
        >
          <IconPlayerSkipBack size={18} stroke={1.8} />
        </ActionIcon>
        <ActionIcon
          aria-label={t`Back 10 seconds`}
          title={t`Back 10 seconds`}
          disabled={waiting}
          onClick={() => jump(-leapSeconds)}
        >
          <IconRewindBackward10 size={20} stroke={1.6} />
        </ActionIcon>
        <ActionIcon
          className={classes.play}
          variant="filled"
          color="teal"
          size={44}
          radius="xl"
          aria-label={playing ? t`Pause` : t`Play`}
          title={playing ? t`Pause` : t`Play`}
          disabled={waiting}
          onClick={toggle}
        >
          {playing ? <IconPlayerPauseFilled size={20} /> : <IconPlayerPlayFilled size={20} />}
        </ActionIcon>
        <ActionIcon
          aria-label={t`Forward 10 seconds`}
          title={t`Forward 10 seconds`}
          disabled={waiting}
          onClick={() => jump(leapSeconds)}
        >
          <IconRewindForward10 size={20} stroke={1.6} />
        </ActionIcon>
      </div>
      {waiting ? (
        <span className={classes.time} role="status">
          <Loader size={14} /> <Trans>Getting it ready to play</Trans>
        </span>
      ) : (
        <Clock transport={transport} />
      )}
      {children}
    </div>
  );
}

/** By itself, so that only it is drawn while time passes. */
function Clock({ transport }: { readonly transport: Transport }) {
  const seconds = useCoarseTime(transport);
  return (
    <span className={classes.time}>
      <strong>{clockText(seconds)}</strong> / {clockText(transport.durationSeconds)}
    </span>
  );
}
