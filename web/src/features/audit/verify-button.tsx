import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, Modal } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { verifyAudit } from '../../api/audit.ts';
import { Notice } from '../../ui/notice.tsx';
import { useAccountErrorText } from '../account/use-account-error-text.ts';

/** Has the server look whether anything on record was changed. */
export function VerifyButton() {
  const { t } = useLingui();
  const errorText = useAccountErrorText();
  const { mutate, reset, isPending, data, error } = useMutation({ mutationFn: verifyAudit });
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconShieldCheck size={16} aria-hidden />}
        loading={isPending}
        onClick={() => mutate()}
      >
        <Trans>Verify</Trans>
      </Button>
      <Modal
        opened={data !== undefined || error !== null}
        onClose={reset}
        title={<Trans>Is the record whole?</Trans>}
        closeButtonProps={{ 'aria-label': t`Close` }}
      >
        {error && <Notice kind="error">{errorText(error)}</Notice>}
        {data &&
          (data.intact ? (
            <Notice kind="info">
              <Plural
                value={data.entries}
                one="Yes. The one entry is as it was written."
                other="Yes. All # entries are as they were written, and none is missing."
              />
            </Notice>
          ) : (
            <Notice kind="error">
              <Trans>
                No: entry {data.brokenAt ?? '?'} does not fit to the one before it. Somebody has changed the database
                past Esteira. Keep a copy of it, and tell whoever runs the server.
              </Trans>
            </Notice>
          ))}
      </Modal>
    </>
  );
}
