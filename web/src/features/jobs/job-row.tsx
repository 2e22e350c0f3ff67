import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Progress } from '@mantine/core';
import { IconPhoto } from '@tabler/icons-react';
import { isSettled, type Job } from '../../api/job.ts';
import { useProcessorTitle } from '../../api/processors.ts';
import { useMay } from '../../api/use-may.ts';
import { JobStatusBadge } from '../../ui/job-status.tsx';
import { spanSeconds, timeAgo } from '../../ui/times.ts';
import { useErrorText } from '../../ui/use-error-text.ts';
import { jobName } from './job-name.ts';
import classes from './job-row.module.css';
import { useJobActions } from './use-job-actions.ts';

interface Props {
  readonly job: Job;
  readonly onOpen: () => void;
}

export function JobRow({ job, onOpen }: Props) {
  const { i18n } = useLingui();
  const title = useProcessorTitle()(job.processor);
  const errorText = useErrorText();
  const { cancel, retry } = useJobActions();
  const mayChange = useMay()('jobs:write');
  const output = job.outputs.find(({ mediaType }) => mediaType.startsWith('image/'));
  const name = jobName(job);
  return (
    <div className={classes.row}>
      <span className={classes.picture}>
        {output ? <img src={output.url} alt="" loading="lazy" /> : <IconPhoto size={20} stroke={1.4} aria-hidden />}
      </span>
      <button type="button" className={classes.open} onClick={onOpen}>
        <span className={classes.title}>{name ?? title}</span>
        <span className={classes.facts}>
          {name !== undefined && <span>{title}</span>}
          <span>{timeAgo(job.queuedAt, i18n.locale)}</span>
          {job.cached ? (
            <span>
              <Trans>known already</Trans>
            </span>
          ) : (
            job.startedAt && job.finishedAt && <span>{spanSeconds(job.startedAt, job.finishedAt, i18n.locale)}</span>
          )}
        </span>
        {job.error && <span className={classes.error}>{errorText(job.error)}</span>}
      </button>
      <span className={classes.state}>
        <JobStatusBadge status={job.status} />
        {job.status === 'active' && <Progress value={job.progress * 100} size="xs" aria-hidden />}
      </span>
      <span className={classes.action}>
        {mayChange && !isSettled(job) && (
          <Button size="xs" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate(job.id)}>
            <Trans>Cancel</Trans>
          </Button>
        )}
        {mayChange && (job.status === 'failed' || job.status === 'cancelled') && (
          <Button size="xs" variant="default" loading={retry.isPending} onClick={() => retry.mutate(job.id)}>
            <Trans>Try again</Trans>
          </Button>
        )}
      </span>
    </div>
  );
}
