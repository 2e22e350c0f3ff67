import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Modal } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import form from '../../ui/form.module.css';

interface Props {
  /** Undefined while there is none to show. */
  readonly secret: string | undefined;
  readonly onClose: () => void;
}

/** A secret, right after it was made: the page does not keep it. */
export function SecretDialog({ secret, onClose }: Props) {
  const { t } = useLingui();
  const { copy, copied } = useClipboard();
  return (
    <Modal
      opened={secret !== undefined}
      onClose={onClose}
      title={<Trans>The secret of this address</Trans>}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      <div className={form.form}>
        <p className={form.words}>
          <Trans>
            Put it where your program keeps its secrets: with it, the program knows that a call comes from this server.
            It is not shown again here.
          </Trans>
        </p>
        <code className={form.secret}>{secret}</code>
        <Button
          leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
          onClick={() => copy(secret ?? '')}
        >
          <span aria-live="polite">{copied ? <Trans>Copied</Trans> : <Trans>Copy the secret</Trans>}</span>
        </Button>
      </div>
    </Modal>
  );
}
