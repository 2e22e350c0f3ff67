import { Trans } from '@lingui/react/macro';
import { Button, Progress } from '@mantine/core';
import { IconPlayerStop } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Job } from '../../api/job.ts';
import classes from './job-in-progress.module.css';
import { useJobActions } from './use-job-actions.ts';

interface Props {
  readonly job: Job;
  /** What is being done, once its turn has come. */
  readonly doing: ReactNode;
  /** Names the bar to those who do not see it. */
  readonly label: string;
}

/** A job that is waited for where its result will stand: how far it is, and a way to let it be. */
export function JobInProgress({ job, doing, label }: Props) {
  const { cancel } = useJobActions();
  return (
    <div className={classes.working}>
      <p className={classes.words} aria-live="polite">
        {job.status === 'active' ? doing : <Trans>In line</Trans>}
      </p>
      <Progress className={classes.bar} value={job.progress * 100} aria-label={label} />
      <Button
        variant="default"
        leftSection={<IconPlayerStop size={16} aria-hidden />}
        loading={cancel.isPending}
        onClick={() => cancel.mutate(job.id)}
      >
        <Trans>Cancel</Trans>
      </Button>
    </div>
  );
}
