import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, Loader, Progress } from '@mantine/core';
import { IconStack2 } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Batch } from '../../api/batch.ts';
import { useLiveBatchList } from '../../api/live-jobs.ts';
import { useProcessorTitle } from '../../api/processors.ts';
import { useMay } from '../../api/use-may.ts';
import { Empty } from '../../ui/empty.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { timeAgo } from '../../ui/times.ts';
import { useErrorText } from '../../ui/use-error-text.ts';
import classes from './batches-page.module.css';

/** All batches, newest first. */
export function BatchesPage() {
  const { t } = useLingui();
  const errorText = useErrorText();
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = useLiveBatchList();
  const mayMake = useMay()('jobs:write');
  const batches = data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Page
      title={<Trans>Batches</Trans>}
      lead={<Trans>Many photos at once: what each became, and all of it as one ZIP.</Trans>}
    >
      {error && <Notice kind="error">{errorText(error)}</Notice>}
      {isPending && <Loader className={classes.loader} role="status" aria-label={t`Loading`} />}
      {!isPending && !error && batches.length === 0 && (
        <Empty
          icon={IconStack2}
          action={
            mayMake && (
              <Link className={classes.start} to="/">
                <Trans>Add photos</Trans>
              </Link>
            )
          }
        >
          <Trans>There is no batch yet. Download several photos as a ZIP, or send a batch through the API.</Trans>
        </Empty>
      )}
      <ul className={classes.list}>
        {batches.map((batch) => (
          <li key={batch.id}>
            <BatchLink batch={batch} />
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <Button className={classes.more} variant="default" loading={isFetchingNextPage} onClick={() => fetchNextPage()}>
          <Trans>Show older ones</Trans>
        </Button>
      )}
    </Page>
  );
}

function BatchLink({ batch }: { readonly batch: Batch }) {
  const { t, i18n } = useLingui();
  const title = useProcessorTitle()(batch.processor);
  const { total, succeeded, failed } = batch.counts;
  return (
    <Link className={classes.batch} to="/batches/$batchId" params={{ batchId: batch.id }}>
      <span className={classes.title}>{title}</span>
      <span className={classes.facts}>
        <Plural value={total} one="# photo" other="# photos" />
        {' · '}
        <Trans>{succeeded} ready</Trans>
        {failed > 0 && (
          <span className={classes.failed}>
            {' · '}
            <Plural value={failed} one="# failed" other="# failed" />
          </span>
        )}
        {' · '}
        {timeAgo(batch.createdAt, i18n.locale)}
      </span>
      <Progress value={batch.progress * 100} size="sm" aria-label={t`Progress`} />
    </Link>
  );
}
