import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, Modal, NativeSelect } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { createShare, listShares, revokeShare, type Share } from '../../api/share.ts';
import { Notice } from '../../ui/notice.tsx';
import { exactTime } from '../../ui/times.ts';
import type { OpenTrack } from './open-track.ts';
import { makeReport, type ReportKind, withoutEnding } from './report.ts';
import classes from './share-dialog.module.css';
import { useAudioErrorText } from './use-audio-error-text.ts';

interface Props {
  readonly track: OpenTrack;
  readonly opened: boolean;
  readonly onClose: () => void;
}

const daySeconds = 86_400;

/** A link to the report for people who have no login here; it ends by itself, or when it is taken back. */
export function ShareDialog({ track, opened, onClose }: Props) {
  const { t } = useLingui();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size="lg"
      returnFocus={false}
      title={<Trans>Share the report</Trans>}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      <ShareForm track={track} />
    </Modal>
  );
}

function ShareForm({ track }: Pick<Props, 'track'>) {
  const { t, i18n } = useLingui();
  const errorText = useAudioErrorText();
  const queries = useQueryClient();
  const [kind, setKind] = useState<ReportKind>('html');
  const [days, setDays] = useState('30');
  const title = withoutEnding(track.name);
  const queryKey = ['shares'];
  const create = useMutation({
    mutationFn: async () => {
      const { jobId, output } = await makeReport(track, kind, i18n.locale);
      const name = `${title}.${kind}`;
      return createShare({ jobId, outputIndex: output.index, name, expiresInSeconds: Number(days) * daySeconds });
    },
    onSuccess: (share) => queries.setQueryData<readonly Share[]>(queryKey, (shares = []) => [share, ...shares]),
  });
  const { data: all = [], error } = useQuery({
    queryKey,
    queryFn: async ({ signal }): Promise<readonly Share[]> => (await listShares(signal)).items,
  });
  // Each report is a job of its own; what they have in common is what the file is called.
  const shares = all.filter((share) => share.name === `${title}.html` || share.name === `${title}.pdf`);
  const revoke = useMutation({
    mutationFn: revokeShare,
    onSuccess: (_nothing, id) =>
      queries.setQueryData<readonly Share[]>(queryKey, (all = []) => all.filter((share) => share.id !== id)),
  });
  const failure = create.error ?? revoke.error ?? error;

  return (
    <div className={classes.form}>
      <p className={classes.words}>
        <Trans>Whoever has the link sees the report, without a login. The recording itself is not shared.</Trans>
      </p>
      <div className={classes.fields}>
        <NativeSelect
          label={t`As`}
          value={kind}
          data={[
            { value: 'html', label: t`Web page` },
            { value: 'pdf', label: 'PDF' },
          ]}
          onChange={({ currentTarget }) => setKind(currentTarget.value === 'pdf' ? 'pdf' : 'html')}
        />
        <NativeSelect
          label={t`Open for`}
          value={days}
          data={[
            { value: '1', label: t`a day` },
            { value: '7', label: t`a week` },
            { value: '30', label: t`30 days` },
            { value: '365', label: t`a year` },
          ]}
          onChange={({ currentTarget }) => setDays(currentTarget.value)}
        />
        <Button loading={create.isPending} onClick={() => create.mutate()}>
          <Trans>Make a link</Trans>
        </Button>
      </div>
      {failure && <Notice kind="error">{errorText(failure)}</Notice>}
      {shares.length > 0 && (
        <ul className={classes.shares} aria-label={t`Links`}>
          {shares.map((share) => (
            <li key={share.id}>
              <ShareRow share={share} onRevoke={() => revoke.mutate(share.id)} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function ShareRow({ share, onRevoke }: { readonly share: Share; readonly onRevoke: () => void }) {
  const { t, i18n } = useLingui();
  const { copy, copied } = useClipboard();
  return (
    <>
      <div className={classes.link}>
        <a href={share.url} target="_blank" rel="noopener">
          {share.url}
        </a>
        <small>
          <Trans>until {exactTime(share.expiresAt, i18n.locale)}</Trans>
        </small>
      </div>
      <ActionIcon
        aria-label={copied ? t`Copied` : t`Copy the link`}
        title={t`Copy the link`}
        onClick={() => copy(share.url)}
      >
        {copied ? <IconCheck size={18} stroke={1.8} /> : <IconCopy size={18} stroke={1.8} />}
      </ActionIcon>
      <ActionIcon aria-label={t`Take the link back`} title={t`Take the link back`} onClick={onRevoke}>
        <IconTrash size={18} stroke={1.8} />
      </ActionIcon>
    </>
  );
}
