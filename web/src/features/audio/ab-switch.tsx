import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Loader } from '@mantine/core';
import { useShortcuts } from '../../app/shortcuts.ts';
import classes from './ab-switch.module.css';
import { differenceText } from './figures.ts';
import type { Player, Side } from './player/use-player.ts';

interface Props {
  readonly player: Player;
  /** What the other recording is called. */
  readonly otherName: string;
}

/** Which of two recordings is heard; both play on, and equally loud. */
export function AbSwitch({ player, otherName }: Props) {
  const { t, i18n } = useLingui();
  const { side, waiting, gainsDb, listenTo } = player;
  useShortcuts([{ key: 'x', label: msg`Hear the other recording`, run: () => listenTo(side === 'a' ? 'b' : 'a') }]);
  const button = (of: Side, name: string) => (
    <button type="button" className={classes.side} aria-pressed={side === of} title={name} onClick={() => listenTo(of)}>
      <strong>{of.toUpperCase()}</strong>
      <span className={classes.name}>{name}</span>
    </button>
  );
  const turned = Math.min(gainsDb.a, gainsDb.b);
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset does not shrink as a flex item in every browser */}
      <div className={classes.sides} role="group" aria-label={t`Which recording is heard`}>
        {button('a', t`This one`)}
        {button('b', otherName)}
      </div>
      <span className={classes.note} role="status">
        {waiting === 'loading' ? (
          <>
            <Loader size={14} /> <Trans>Fetching both</Trans>
          </>
        ) : waiting === 'failed' ? (
          <Trans>The other recording cannot be played.</Trans>
        ) : waiting === 'too-long' ? (
          <Trans>Together they are too long to switch between: half an hour at most.</Trans>
        ) : turned > -0.05 ? (
          <Trans>Equally loud</Trans>
        ) : (
          <Trans>
            Equally loud: {gainsDb.a < gainsDb.b ? 'A' : 'B'} {differenceText(turned, 'dB', i18n.locale)}
          </Trans>
        )}
      </span>
    </>
  );
}
