import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Loader } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Page } from '../../api/job.ts';
import {
  type Delivery,
  type DeliveryState,
  deliveryStates,
  listDeliveries,
  replayDelivery,
} from '../../api/webhook.ts';
import { FilterTabs } from '../../ui/filter-tabs.tsx';
import { Notice } from '../../ui/notice.tsx';
import { timeAgo } from '../../ui/times.ts';
import { useErrorText } from '../../ui/use-error-text.ts';
import classes from './webhooks-page.module.css';

const stateNames = {
  pending: msg`Waiting`,
  delivered: msg`Delivered`,
  failed: msg`Given up`,
  cancelled: msg`Cancelled`,
} as const satisfies Record<DeliveryState, unknown>;

/** While something waits, and otherwise: jobs may end at any time. */
const soonMs = 1_500;
const laterMs = 15_000;

interface Props {
  readonly webhookId: string;
  readonly canReplay: boolean;
}

export function DeliveryLog({ webhookId, canReplay }: Props) {
  const { t, i18n } = useLingui();
  const errorText = useErrorText();
  const [status, setStatus] = useState<DeliveryState>();
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['deliveries', webhookId, status ?? 'all'],
    queryFn: ({ pageParam, signal }) => listDeliveries(webhookId, { status, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Page<Delivery>) => page.nextCursor ?? undefined,
    refetchInterval: ({ state }) => (state.data?.pages[0]?.items.some(isUnderWay) ? soonMs : laterMs),
  });
  const deliveries = data?.pages.flatMap(({ items }) => items) ?? [];
  const filters = [
    { value: 'all' as const, label: t`All` },
    ...deliveryStates.map((value) => ({ value, label: i18n._(stateNames[value]) })),
  ];
  return (
    <section className={classes.log} aria-label={t`What was sent`}>
      <FilterTabs<DeliveryState | 'all'>
        label={t`Show`}
        value={status ?? 'all'}
        options={filters}
        onChange={(value) => setStatus(value === 'all' ? undefined : value)}
      />
      {error && <Notice kind="error">{errorText(error)}</Notice>}
      {isPending && <Loader role="status" aria-label={t`Loading`} />}
      {!isPending && !error && deliveries.length === 0 && (
        <p className={classes.words}>
          <Trans>There is nothing here. Send a test to see whether the address answers.</Trans>
        </p>
      )}
      <ul className={classes.deliveries}>
        {deliveries.map((delivery) => (
          <li key={delivery.id}>
            <DeliveryRow delivery={delivery} webhookId={webhookId} canReplay={canReplay} />
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <Button variant="default" size="sm" loading={isFetchingNextPage} onClick={() => fetchNextPage()}>
          <Trans>Show older ones</Trans>
        </Button>
      )}
    </section>
  );
}

function DeliveryRow({ delivery, webhookId, canReplay }: Props & { readonly delivery: Delivery }) {
  const { t, i18n } = useLingui();
  const queries = useQueryClient();
  const { id, type, state, attempts, lastAttempt, createdAt } = delivery;
  const replay = useMutation({
    mutationFn: () => replayDelivery(id),
    onSettled: () => queries.invalidateQueries({ queryKey: ['deliveries', webhookId] }),
  });
  return (
    <div className={classes.delivery}>
      <span className={classes.what}>
        <code>{type}</code>
        <span className={classes.words}>
          {timeAgo(createdAt, i18n.locale)}
          {lastAttempt !== null && ` · ${lastAttempt.status ?? lastAttempt.error} · ${lastAttempt.durationMs} ms`}
          {attempts > 1 && (
            <>
              {' · '}
              <Trans>{attempts} tries</Trans>
            </>
          )}
        </span>
      </span>
      <span className={classes.state} data-state={state}>
        {i18n._(stateNames[state])}
      </span>
      {canReplay && state !== 'pending' && (
        <Button
          size="xs"
          variant="default"
          aria-label={t`Send ${type} again`}
          loading={replay.isPending}
          onClick={() => replay.mutate()}
        >
          <Trans>Send again</Trans>
        </Button>
      )}
    </div>
  );
}

/** Sent for the first time, or to be sent soon. */
function isUnderWay({ state, nextAt }: Delivery): boolean {
  return state === 'pending' && nextAt !== null && Date.parse(nextAt) - Date.now() < 60_000;
}
