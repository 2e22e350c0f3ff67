import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Loader, NativeSelect } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { may, meQuery } from '../../api/me.ts';
import { listPlans, listTenants, setTenantPlan } from '../../api/tenant.ts';
import { Notice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Row, Rows, Tag } from '../../ui/rows.tsx';
import { exactTime } from '../../ui/times.ts';
import { useAccountErrorText } from '../account/use-account-error-text.ts';
import { CreateTenantDialog } from './create-tenant-dialog.tsx';

/** Who is on this server, on which plan. */
export function TenantsPage() {
  const { t, i18n } = useLingui();
  const errorText = useAccountErrorText();
  const queries = useQueryClient();
  const [creating, setCreating] = useState(false);
  const { data: me } = useQuery(meQuery);
  const { data, error, isPending } = useQuery({
    queryKey: ['tenants'],
    queryFn: ({ signal }) => listTenants(signal),
  });
  const { data: plans } = useQuery({ queryKey: ['plans'], queryFn: ({ signal }) => listPlans(signal) });
  const change = useMutation({
    mutationFn: setTenantPlan,
    onSettled: () =>
      Promise.all([queries.invalidateQueries({ queryKey: ['tenants'] }), queries.refetchQueries(meQuery)]),
  });
  const failure = error ?? change.error;
  const mayChange = may(me, 'instance:write');
  return (
    <Page
      title={<Trans>Workspaces</Trans>}
      lead={<Trans>Each sees its own work only, and may use what its plan allows.</Trans>}
      actions={
        mayChange && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
            <Trans>Make a workspace</Trans>
          </Button>
        )
      }
    >
      {failure && <Notice kind="error">{errorText(failure)}</Notice>}
      {isPending && <Loader role="status" aria-label={t`Loading`} />}
      {data && (
        <Rows label={t`Workspaces`}>
          {data.items.map(({ id, name, status = 'active', planId, createdAt }) => {
            const plan = planId ?? plans?.items[0]?.id ?? '';
            return (
              <Row
                key={id}
                title={
                  <>
                    {name}
                    {status === 'suspended' && <Tag tone="warn">{t`Suspended`}</Tag>}
                  </>
                }
                facts={createdAt && <Trans>since {exactTime(createdAt, i18n.locale)}</Trans>}
                actions={
                  mayChange && (
                    <>
                      <NativeSelect
                        aria-label={t`Plan of ${name}`}
                        size="xs"
                        value={plan}
                        data={(plans?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
                        onChange={({ currentTarget }) => change.mutate({ id, planId: currentTarget.value, status })}
                      />
                      <Button
                        variant="default"
                        size="xs"
                        aria-label={status === 'active' ? t`Suspend ${name}` : t`Let ${name} work again`}
                        loading={change.isPending && change.variables.id === id}
                        onClick={() =>
                          change.mutate({ id, planId: plan, status: status === 'active' ? 'suspended' : 'active' })
                        }
                      >
                        {status === 'active' ? <Trans>Suspend</Trans> : <Trans>Let it work again</Trans>}
                      </Button>
                    </>
                  )
                }
              />
            );
          })}
        </Rows>
      )}
      {creating && <CreateTenantDialog onClose={() => setCreating(false)} />}
    </Page>
  );
}
