import { msg } from '@lingui/core/macro';
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, Loader, Pagination, Progress } from '@mantine/core';
import { IconFileZip, IconPhotoOff, IconPlayerStop, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { cancelBatch, retryBatch } from '../../api/batch.ts';
import { useLiveBatch, useLiveBatchItems } from '../../api/live-jobs.ts';
import { useProcessorTitle } from '../../api/processors.ts';
import { useMay } from '../../api/use-may.ts';
import { Empty } from '../../ui/empty.tsx';
import { FilterTabs } from '../../ui/filter-tabs.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { BatchItemCard } from './batch-item-card.tsx';
import classes from './batch-page.module.css';
import { type ItemFilter, itemFilters, passesFilter } from './item-filter.ts';

const route = getRouteApi('/batches/$batchId');

const filterNames = {
  all: msg`All`,
  working: msg`Not finished`,
  failed: msg`Failed`,
  unsure: msg`To look at closely`,
} as const;

const pageSize = 48;

/** One batch, item by item. */
export function BatchPage() {
  const { t, i18n } = useLingui();
  const errorText = useErrorText();
  const processorTitle = useProcessorTitle();
  const mayChange = useMay()('jobs:write');
  const { batchId } = route.useParams();
  const { show = 'all', page = 1 } = route.useSearch();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: ['batch', batchId] });
  const retry = useMutation({ mutationFn: () => retryBatch(batchId), onSettled: refresh });
  const cancel = useMutation({ mutationFn: () => cancelBatch(batchId), onSettled: refresh });
  const { data: batch, error } = useLiveBatch(batchId);
  const { data: items = [], isPending, error: itemsError } = useLiveBatchItems(batchId);

  const shown = items.filter(({ job }) => passesFilter(job, show));
  const pages = Math.ceil(shown.length / pageSize);
  const current = Math.min(page, Math.max(1, pages));
  const filters = itemFilters.map((value) => ({
    value,
    label: i18n._(filterNames[value]),
    count: items.filter(({ job }) => passesFilter(job, value)).length,
  }));
  const failure = error ?? itemsError ?? retry.error ?? cancel.error;
  const toRetry = (batch?.counts.failed ?? 0) + (batch?.counts.cancelled ?? 0);

  return (
    <Page
      title={batch ? processorTitle(batch.processor) : <Trans>Batch</Trans>}
      lead={
        batch && (
          <span aria-live="polite">
            <Plural value={batch.counts.total} one="# photo" other="# photos" />
            {' · '}
            <Trans>{batch.counts.succeeded} ready</Trans>
            {batch.counts.failed > 0 && (
              <>
                {' · '}
                <Plural value={batch.counts.failed} one="# failed" other="# failed" />
              </>
            )}
          </span>
        )
      }
      actions={
        batch && (
          <>
            {mayChange && batch.status === 'running' && (
              <Button
                variant="default"
                leftSection={<IconPlayerStop size={16} aria-hidden />}
                loading={cancel.isPending}
                onClick={() => cancel.mutate()}
              >
                <Trans>Cancel the rest</Trans>
              </Button>
            )}
            {mayChange && toRetry > 0 && (
              <Button
                variant="default"
                leftSection={<IconRefresh size={16} aria-hidden />}
                loading={retry.isPending}
                onClick={() => retry.mutate()}
              >
                <Plural value={toRetry} one="Try # again" other="Try # again" />
              </Button>
            )}
            {batch.counts.succeeded > 0 && (
              <Button
                component="a"
                href={batch.archiveUrl}
                download=""
                leftSection={<IconFileZip size={18} aria-hidden />}
              >
                <Trans>Download ZIP</Trans>
              </Button>
            )}
          </>
        )
      }
    >
      {failure && <Notice kind="error">{errorText(failure)}</Notice>}
      {batch?.status === 'running' && (
        <Progress value={batch.progress * 100} size="sm" aria-label={t`Progress of the batch`} />
      )}
      <FilterTabs<ItemFilter>
        label={t`Show`}
        value={show}
        options={filters}
        onChange={(value) => void navigate({ search: value === 'all' ? {} : { show: value }, resetScroll: false })}
      />
      {isPending && !itemsError && <Loader className={classes.loader} role="status" aria-label={t`Loading`} />}
      {!isPending && shown.length === 0 && (
        <Empty icon={IconPhotoOff}>
          <Trans>There is none of these.</Trans>
        </Empty>
      )}
      <ul className={classes.grid}>
        {shown.slice((current - 1) * pageSize, current * pageSize).map((item) => (
          <li key={item.index}>
            <BatchItemCard item={item} />
          </li>
        ))}
      </ul>
      {pages > 1 && (
        <Pagination
          className={classes.pages}
          total={pages}
          value={current}
          onChange={(to) => void navigate({ search: { ...(show !== 'all' && { show }), ...(to > 1 && { page: to }) } })}
          getControlProps={(control) => ({ 'aria-label': control === 'next' ? t`Next page` : t`Previous page` })}
        />
      )}
    </Page>
  );
}
