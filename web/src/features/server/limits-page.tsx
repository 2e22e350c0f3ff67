import { Trans, useLingui } from '@lingui/react/macro';
import { Loader, Switch } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { may, meQuery } from '../../api/me.ts';
import { getLimitsMode, setLimitsMode } from '../../api/tenant.ts';
import { Notice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Panel } from '../../ui/panel.tsx';
import { dayAndTime } from '../../ui/times.ts';
import { useAccountErrorText } from '../account/use-account-error-text.ts';

/** How strict the server is with those who ask too much. */
export function LimitsPage() {
  const { t, i18n } = useLingui();
  const errorText = useAccountErrorText();
  const queries = useQueryClient();
  const queryKey = ['limits-mode'];
  const { data: me } = useQuery(meQuery);
  const { data, error, isPending } = useQuery({ queryKey, queryFn: ({ signal }) => getLimitsMode(signal) });
  const change = useMutation({
    mutationFn: setLimitsMode,
    onSettled: () => queries.invalidateQueries({ queryKey }),
  });
  const failure = error ?? change.error;
  const isStrict = (change.isPending ? change.variables : data)?.mode === 'aggressive';
  return (
    <Page
      title={<Trans>Limits</Trans>}
      lead={<Trans>What one address, one person or one key may ask of the server in a short time.</Trans>}
    >
      {failure && <Notice kind="error">{errorText(failure)}</Notice>}
      {isPending && <Loader role="status" aria-label={t`Loading`} />}
      {data && (
        <Panel
          title={<Trans>While the server is under attack</Trans>}
          lead={
            <Trans>Strict limits let a quarter through of what is usual. Those who work as usual hardly notice.</Trans>
          }
        >
          <Switch
            label={t`Strict limits`}
            checked={isStrict}
            disabled={!may(me, 'instance:write')}
            onChange={({ currentTarget }) => change.mutate({ mode: currentTarget.checked ? 'aggressive' : 'normal' })}
          />
          {data.mode === 'aggressive' && data.until && (
            <Notice kind="info">
              <Trans>They end by themselves on {dayAndTime(data.until, i18n.locale)}.</Trans>
            </Notice>
          )}
        </Panel>
      )}
    </Page>
  );
}
