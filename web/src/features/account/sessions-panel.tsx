import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { endOtherSessions, endSession, listSessions } from '../../api/auth.ts';
import { Notice } from '../../ui/notice.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Row, Rows, Tag } from '../../ui/rows.tsx';
import { timeAgo } from '../../ui/times.ts';
import { deviceOf } from './device.ts';
import { useAccountErrorText } from './use-account-error-text.ts';

const queryKey = ['sessions'];

/** Where somebody is signed in. */
export function SessionsPanel() {
  const { t, i18n } = useLingui();
  const errorText = useAccountErrorText();
  const queries = useQueryClient();
  const { data: sessions = [], error } = useQuery({ queryKey, queryFn: ({ signal }) => listSessions(signal) });
  const refresh = () => queries.invalidateQueries({ queryKey });
  const end = useMutation({ mutationFn: endSession, onSettled: refresh });
  const endOthers = useMutation({ mutationFn: endOtherSessions, onSettled: refresh });
  const failure = error ?? end.error ?? endOthers.error;
  const sorted = [...sessions].sort((a, b) => Number(b.current ?? false) - Number(a.current ?? false));
  return (
    <Panel
      title={<Trans>Where you are signed in</Trans>}
      lead={<Trans>End what you do not know, and change your password then.</Trans>}
      action={
        sessions.length > 1 && (
          <Button variant="default" loading={endOthers.isPending} onClick={() => endOthers.mutate()}>
            <Trans>End all others</Trans>
          </Button>
        )
      }
    >
      {failure && <Notice kind="error">{errorText(failure)}</Notice>}
      <Rows label={t`Where you are signed in`}>
        {sorted.map(({ id, token, current, userAgent, ipAddress, createdAt }) => {
          const device = deviceOf(userAgent) ?? t`Unknown device`;
          return (
            <Row
              key={id}
              title={
                <>
                  {device}
                  {current && <Tag tone="good">{t`This one`}</Tag>}
                </>
              }
              facts={
                <>
                  <Trans>Since {timeAgo(createdAt, i18n.locale)}</Trans>
                  {ipAddress && ` · ${ipAddress}`}
                </>
              }
              actions={
                !current && (
                  <Button
                    variant="default"
                    size="xs"
                    aria-label={t`End the session on ${device}`}
                    loading={end.isPending && end.variables === token}
                    onClick={() => end.mutate(token)}
                  >
                    <Trans>End</Trans>
                  </Button>
                )
              }
            />
          );
        })}
      </Rows>
    </Panel>
  );
}
