import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Loader } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { may, meQuery } from '../../api/me.ts';
import { listPlans, removePlan } from '../../api/tenant.ts';
import type { Plan } from '../../api/usage.ts';
import { Notice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Table } from '../../ui/table.tsx';
import { useAccountErrorText } from '../account/use-account-error-text.ts';
import { limitNames } from '../usage/limit-names.ts';
import { PlanDialog } from './plan-dialog.tsx';
import { planFields, shownLimit } from './plan-fields.ts';

/** What may be given to workspaces. */
export function PlansPage() {
  const { t, i18n } = useLingui();
  const errorText = useAccountErrorText();
  const queries = useQueryClient();
  const queryKey = ['plans'];
  const { data: me } = useQuery(meQuery);
  const { data, error, isPending } = useQuery({ queryKey, queryFn: ({ signal }) => listPlans(signal) });
  const [editing, setEditing] = useState<Plan | 'new'>();
  const remove = useMutation({ mutationFn: removePlan, onSettled: () => queries.invalidateQueries({ queryKey }) });
  const mayChange = may(me, 'instance:write');
  const failure = error ?? remove.error;
  return (
    <Page
      title={<Trans>Plans</Trans>}
      lead={<Trans>How much a workspace may use. Where nothing is said, as much as the server can.</Trans>}
      actions={
        mayChange && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEditing('new')}>
            <Trans>Make a plan</Trans>
          </Button>
        )
      }
    >
      {failure && <Notice kind="error">{errorText(failure)}</Notice>}
      {isPending && <Loader role="status" aria-label={t`Loading`} />}
      {data && (
        <Table
          caption={t`Plans`}
          head={[
            t`Plan`,
            ...planFields.map(({ name }) => i18n._(limitNames[name])),
            ...(mayChange ? [t`Actions`] : []),
          ]}
          rows={data.items.map((plan) => ({
            id: plan.id,
            cells: [
              plan.name,
              ...planFields.map((field) => shownLimit(field, plan[field.name], i18n.locale)),
              ...(mayChange
                ? [
                    <span key="actions">
                      <Button
                        size="compact-xs"
                        variant="default"
                        aria-label={t`Change ${plan.name}`}
                        onClick={() => setEditing(plan)}
                      >
                        <Trans>Change</Trans>
                      </Button>{' '}
                      <Button
                        size="compact-xs"
                        variant="default"
                        aria-label={t`Remove ${plan.name}`}
                        loading={remove.isPending && remove.variables === plan.id}
                        onClick={() => remove.mutate(plan.id)}
                      >
                        <Trans>Remove</Trans>
                      </Button>
                    </span>,
                  ]
                : []),
            ],
          }))}
          numbers
        />
      )}
      {editing !== undefined && (
        <PlanDialog plan={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />
      )}
    </Page>
  );
}
