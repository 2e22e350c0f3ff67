import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Loader, NativeSelect } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Page as ItemPage } from '../../api/job.ts';
import { may, meQuery } from '../../api/me.ts';
import { listPlans, listTenants, setTenantPlan, type Tenant } from '../../api/tenant.ts';
import form from '../../ui/form.module.css';
import { Notice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Row, Rows, Tag } from '../../ui/rows.tsx';
import { dayAndTime } from '../../ui/times.ts';
import { useAccountErrorText } from '../account/use-account-error-text.ts';
import { CreateTenantDialog } from './create-tenant-dialog.tsx';

/** Who is on this server, on which plan. */
export function TenantsPage() {
  const { t, i18n } = useLingui();
  const errorText = useAccountErrorText();
  const queries = useQueryClient();
  const [creating, setCreating] = useState(false);
  const { data: me } = useQuery(meQuery);
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['tenants'],
    queryFn: ({ pageParam, signal }) => listTenants(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: ItemPage<Tenant>) => page.nextCursor ?? undefined,
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
          {data.pages
            .flatMap(({ items }) => items)
            .map(({ id, name, status = 'active', planId, createdAt }) => (
              <Row
                key={id}
                title={
                  <>
                    {name}
                    {status === 'suspended' && <Tag tone="warn">{t`Suspended`}</Tag>}
                  </>
                }
                facts={<Trans>since {dayAndTime(createdAt, i18n.locale)}</Trans>}
                actions={
                  mayChange && (
                    <>
                      <NativeSelect
                        aria-label={t`Plan of ${name}`}
                        size="xs"
                        value={planId ?? ''}
                        data={(plans?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
                        onChange={({ currentTarget }) => change.mutate({ id, planId: currentTarget.value })}
                      />
                      <Button
                        variant="default"
                        size="xs"
                        aria-label={status === 'active' ? t`Suspend ${name}` : t`Let it work again: ${name}`}
                        loading={change.isPending && change.variables.id === id}
                        onClick={() => change.mutate({ id, status: status === 'active' ? 'suspended' : 'active' })}
                      >
                        {status === 'active' ? <Trans>Suspend</Trans> : <Trans>Let it work again</Trans>}
                      </Button>
                    </>
                  )
                }
              />
            ))}
        </Rows>
      )}
      {hasNextPage && (
        <div className={form.actions}>
          <Button variant="default" loading={isFetchingNextPage} onClick={() => fetchNextPage()}>
            <Trans>Show older ones</Trans>
          </Button>
        </div>
      )}
      {creating && <CreateTenantDialog onClose={() => setCreating(false)} />}
    </Page>
  );
}
