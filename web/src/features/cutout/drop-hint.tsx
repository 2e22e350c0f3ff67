import { Trans } from '@lingui/react/macro';
import { IconPhotoDown } from '@tabler/icons-react';
import classes from './drop-hint.module.css';

/** Over the whole page while files are dragged: they may fall anywhere. */
export function DropHint() {
  return (
    <div className={classes.cover}>
      <div className={classes.card}>
        <IconPhotoDown size={40} stroke={1.4} aria-hidden />
        <Trans>Drop them anywhere</Trans>
      </div>
    </div>
  );
}
