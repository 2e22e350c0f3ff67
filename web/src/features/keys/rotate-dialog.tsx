import { Trans, useLingui } from '@lingui/react/macro';
import { Modal, NativeSelect } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApiKey, type MadeApiKey, rotateApiKey } from '../../api/api-keys.ts';
import { DialogActions } from '../../ui/dialog-actions.tsx';
import form from '../../ui/form.module.css';
import { Notice } from '../../ui/notice.tsx';
import { useAccountErrorText } from '../account/use-account-error-text.ts';

interface Props {
  readonly apiKey: ApiKey;
  readonly onClose: () => void;
  readonly onMade: (key: MadeApiKey) => void;
}

/** A new key in place of an old one, which goes on for as long as a program needs to be changed. */
export function RotateDialog({ apiKey, onClose, onMade }: Props) {
  const { t } = useLingui();
  const errorText = useAccountErrorText();
  const [overlap, setOverlap] = useState('86400');
  const rotate = useMutation({ mutationFn: () => rotateApiKey(apiKey.id, Number(overlap)), onSuccess: onMade });
  return (
    <Modal
      opened
      onClose={onClose}
      title={<Trans>Replace {apiKey.name}</Trans>}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      <div className={form.form}>
        <p className={form.words}>
          <Trans>You get a new key with the same permissions. The old one goes on for a while, then it ends.</Trans>
        </p>
        {rotate.error && <Notice kind="error">{errorText(rotate.error)}</Notice>}
        <NativeSelect
          label={t`The old key goes on for`}
          value={overlap}
          data={[
            { value: '0', label: t`not at all` },
            { value: '3600', label: t`an hour` },
            { value: '86400', label: t`a day` },
            { value: '604800', label: t`a week` },
          ]}
          onChange={({ currentTarget }) => setOverlap(currentTarget.value)}
        />
        <DialogActions loading={rotate.isPending} onConfirm={() => rotate.mutate()} onCancel={onClose}>
          <Trans>Make the new key</Trans>
        </DialogActions>
      </div>
    </Modal>
  );
}
