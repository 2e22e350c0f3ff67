import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { CopyButton } from '../../ui/copy-button.tsx';
import form from '../../ui/form.module.css';
import classes from './backup-codes.module.css';

interface Props {
  readonly codes: readonly string[];
  readonly onDone: () => void;
}

/** For when the phone is lost; shown this once. */
export function BackupCodes({ codes, onDone }: Props) {
  return (
    <div className={form.form}>
      <p className={form.words}>
        <Trans>
          Keep these codes where you find them without your phone. Each lets you in once in place of the app. They are
          not shown again; codes from before no longer work.
        </Trans>
      </p>
      <ul className={classes.codes}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className={form.actions}>
        <CopyButton text={codes.join('\n')}>
          <Trans>Copy the codes</Trans>
        </CopyButton>
        <Button variant="default" onClick={onDone}>
          <Trans>I have kept them</Trans>
        </Button>
      </div>
    </div>
  );
}
