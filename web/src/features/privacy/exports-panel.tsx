import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Loader } from '@mantine/core';
import { IconFileZip } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { exportArchiveUrl, type Privacy, type PrivacyOf, startExport } from '../../api/privacy.ts';
import { Notice } from '../../ui/notice.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Row, Rows } from '../../ui/rows.tsx';
import { dayAndTime, sizeText } from '../../ui/times.ts';
import { useAccountErrorText } from '../account/use-account-error-text.ts';
import { isUnderWay, privacyQuery } from './privacy-query.ts';

interface Props {
  readonly of: PrivacyOf;
  readonly privacy: Privacy;
  readonly lead: ReactNode;
}

/** A copy of all that is known, to take away. */
export function ExportsPanel({ of, privacy, lead }: Props) {
  const { t, i18n } = useLingui();
  const errorText = useAccountErrorText();
  const queries = useQueryClient();
  const start = useMutation({
    mutationFn: () => startExport(of),
    onSettled: () => queries.refetchQueries(privacyQuery),
  });
  const exports = privacy.exports.filter((one) => one.of === of);
  return (
    <Panel
      title={<Trans>A copy of everything</Trans>}
      lead={lead}
      action={
        <Button
          variant="default"
          loading={start.isPending}
          disabled={exports.some(({ status }) => isUnderWay(status))}
          onClick={() => start.mutate()}
        >
          <Trans>Make a copy</Trans>
        </Button>
      }
    >
      {start.error && <Notice kind="error">{errorText(start.error)}</Notice>}
      {exports.length > 0 && (
        <Rows label={t`Copies`}>
          {exports.map(({ id, status, createdAt, expiresAt, sizeBytes }) => (
            <Row
              key={id}
              title={dayAndTime(createdAt, i18n.locale)}
              facts={
                isUnderWay(status) ? (
                  <Trans>Being made. It may take a while.</Trans>
                ) : status === 'failed' ? (
                  <Trans>That did not work. Make another one.</Trans>
                ) : (
                  <>
                    {sizeBytes !== null && sizeText(sizeBytes, i18n.locale)}
                    {sizeBytes !== null && expiresAt && ' · '}
                    {expiresAt && <Trans>there until {dayAndTime(expiresAt, i18n.locale)}</Trans>}
                  </>
                )
              }
              actions={
                isUnderWay(status) ? (
                  <Loader size="sm" role="status" aria-label={t`Being made`} />
                ) : (
                  status !== 'failed' && (
                    <Button
                      component="a"
                      href={exportArchiveUrl(id)}
                      download=""
                      variant="default"
                      size="xs"
                      leftSection={<IconFileZip size={16} aria-hidden />}
                    >
                      <Trans>Download ZIP</Trans>
                    </Button>
                  )
                )
              }
            />
          ))}
        </Rows>
      )}
    </Panel>
  );
}
