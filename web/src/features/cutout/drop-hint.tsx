import { Trans } from '@lingui/react/macro';
import { type Icon, IconPhotoDown } from '@tabler/icons-react';
import classes from './drop-hint.module.css';

interface Props {
  readonly icon?: Icon;
}

/** Over the whole page while files are dragged: they may fall anywhere. */
export function DropHint({ icon: IconOf = IconPhotoDown }: Props) {
  return (
    <div className={classes.cover}>
      <div className={classes.card}>
        <IconOf size={40} stroke={1.4} aria-hidden />
        <Trans>Drop them anywhere</Trans>
      </div>
    </div>
  );
}
