import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { createJob, isSettled, type Job } from '../../api/job.ts';
import { jobKey, useLiveJobs } from '../../api/live-jobs.ts';
import { Notice } from '../../ui/notice.tsx';
import { useAudioErrorText } from '../audio/use-audio-error-text.ts';
import { JobInProgress } from '../jobs/job-in-progress.tsx';
import { StemsForm } from './stems-form.tsx';
import classes from './stems-panel.module.css';
import { StemsPlayer } from './stems-player.tsx';
import { type StemsChoice, stemsRequest } from './stems-request.ts';

const route = getRouteApi('/audio/$jobId');

interface Props {
  readonly assetId: string;
  readonly name: string;
  readonly durationSeconds: number;
}

/** The recording taken apart: what to make, how far it is, and the parts to hear side by side. */
export function StemsPanel({ assetId, name, durationSeconds }: Props) {
  const { t } = useLingui();
  const errorText = useAudioErrorText();
  const queries = useQueryClient();
  const { stems: jobId } = route.useSearch();
  const navigate = route.useNavigate();
  const job = useLiveJobs(jobId === undefined ? [] : [jobId]).get(jobId ?? '');
  const open = (stems: string | undefined) =>
    navigate({
      search: ({ stems: _stems, ...before }) => (stems === undefined ? before : { ...before, stems }),
      replace: true,
      resetScroll: false,
    });
  const make = useMutation({
    mutationFn: (choice: StemsChoice) => createJob(stemsRequest(assetId, name, choice)),
    onSuccess: async (created) => {
      queries.setQueryData(jobKey(created.id), created);
      await open(created.id);
    },
  });
  const working = job !== undefined && !isSettled(job);
  const failure = make.error ?? (job?.status === 'failed' ? (job.error ?? null) : null);

  return (
    <div className={classes.panel}>
      {failure && <Notice kind="error">{errorText(failure)}</Notice>}
      {working && job ? (
        <JobInProgress job={job} doing={<Trans>Taking it apart</Trans>} label={t`Progress of the stems`} />
      ) : job?.status === 'succeeded' ? (
        <Made job={job} name={name} durationSeconds={durationSeconds} onAgain={() => void open(undefined)} />
      ) : (
        <StemsForm pending={make.isPending} onMake={make.mutate} />
      )}
    </div>
  );
}

interface MadeProps extends Omit<Props, 'assetId'> {
  readonly job: Job;
  readonly onAgain: () => void;
}

function Made({ job, name, durationSeconds, onAgain }: MadeProps) {
  return (
    <>
      <StemsPlayer job={job} name={name} durationSeconds={durationSeconds} />
      <Button
        className={classes.again}
        variant="default"
        leftSection={<IconRefresh size={16} aria-hidden />}
        onClick={onAgain}
      >
        <Trans>Make other stems</Trans>
      </Button>
    </>
  );
}
