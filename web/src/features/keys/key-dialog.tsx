import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Modal } from '@mantine/core';
import type { MadeApiKey } from '../../api/api-keys.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import form from '../../ui/form.module.css';

interface Props {
  /** Undefined while there is none to show. */
  readonly made: MadeApiKey | undefined;
  readonly onClose: () => void;
}

/** A key right after it was made; neither the page nor the server keeps it. */
export function KeyDialog({ made, onClose }: Props) {
  const { t } = useLingui();
  return (
    <Modal
      opened={made !== undefined}
      onClose={onClose}
      closeOnClickOutside={false}
      title={<Trans>Your new key</Trans>}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      <div className={form.form}>
        <p className={form.words}>
          <Trans>
            Put it where your program keeps its secrets. It is not shown again: nobody has it but you. Who has it can do
            what you allowed it.
          </Trans>
        </p>
        <code className={form.secret}>{made?.key}</code>
        <div className={form.actions}>
          <CopyButton text={made?.key ?? ''}>
            <Trans>Copy the key</Trans>
          </CopyButton>
          <Button variant="default" onClick={onClose}>
            <Trans>All right</Trans>
          </Button>
        </div>
      </div>
    </Modal>
  );
}
