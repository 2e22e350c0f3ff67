import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Loader } from '@mantine/core';
import { IconListCheck } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { type JobStatus, jobStatuses } from '../../api/job.ts';
import { useLiveJobList } from '../../api/live-jobs.ts';
import { useMay } from '../../api/use-may.ts';
import { Empty } from '../../ui/empty.tsx';
import { FilterTabs } from '../../ui/filter-tabs.tsx';
import { statusNames } from '../../ui/job-status.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { JobDetails } from './job-details.tsx';
import { JobRow } from './job-row.tsx';
import classes from './jobs-page.module.css';

const route = getRouteApi('/jobs');

/** Everything that was asked of the server, as it happens. */
export function JobsPage() {
  const { t, i18n } = useLingui();
  const errorText = useErrorText();
  const { status, job: openId } = route.useSearch();
  const navigate = route.useNavigate();
  const mayRead = useMay()('webhooks:read');
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = useLiveJobList(status);
  const jobs = data?.pages.flatMap(({ items }) => items) ?? [];
  const filters = [
    { value: 'all' as const, label: t`All` },
    ...jobStatuses.map((value) => ({ value, label: i18n._(statusNames[value]) })),
  ];
  const show = (job: string | undefined) =>
    navigate({ search: { ...(status && { status }), ...(job && { job }) }, resetScroll: false });

  return (
    <Page
      title={<Trans>Jobs</Trans>}
      lead={<Trans>Everything that was asked of this server, as it happens.</Trans>}
      actions={
        mayRead && (
          <LinkButton to="/webhooks" variant="default">
            <Trans>Webhooks</Trans>
          </LinkButton>
        )
      }
    >
      <FilterTabs<JobStatus | 'all'>
        label={t`Show`}
        value={status ?? 'all'}
        options={filters}
        onChange={(value) => void navigate({ search: value === 'all' ? {} : { status: value } })}
      />
      {error && <Notice kind="error">{errorText(error)}</Notice>}
      {isPending && <Loader className={classes.loader} role="status" aria-label={t`Loading`} />}
      {!isPending && jobs.length === 0 && !error && (
        <Empty icon={IconListCheck}>
          {status === undefined ? (
            <Trans>Nothing was asked yet. Jobs from this studio and from the API show up here.</Trans>
          ) : (
            <Trans>There is none in this state.</Trans>
          )}
        </Empty>
      )}
      {jobs.length > 0 && (
        <ul className={classes.list}>
          {jobs.map((job) => (
            <li key={job.id}>
              <JobRow job={job} onOpen={() => void show(job.id)} />
            </li>
          ))}
        </ul>
      )}
      {hasNextPage && (
        <Button className={classes.more} variant="default" loading={isFetchingNextPage} onClick={() => fetchNextPage()}>
          <Trans>Show older ones</Trans>
        </Button>
      )}
      <JobDetails id={openId} onClose={() => void show(undefined)} />
    </Page>
  );
}
