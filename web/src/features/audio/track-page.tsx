import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Loader } from '@mantine/core';
import { IconFileUnknown, IconMusicOff, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Asset } from '../../api/asset.ts';
import { analysisProcessor } from '../../api/audio.ts';
import { request } from '../../api/client.ts';
import { createJob, type Job } from '../../api/job.ts';
import { jobKey, useLiveJobs } from '../../api/live-jobs.ts';
import { useProcessorTitle } from '../../api/processors.ts';
import { Empty } from '../../ui/empty.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { JobInProgress } from '../jobs/job-in-progress.tsx';
import { jobName } from '../jobs/job-name.ts';
import { useJobActions } from '../jobs/use-job-actions.ts';
import { goalOf } from './goal.ts';
import classes from './track-page.module.css';
import { TrackView } from './track-view.tsx';
import { isHopelessSound, useAudioErrorText } from './use-audio-error-text.ts';
import { useAnalysis } from './use-other.ts';

const route = getRouteApi('/audio/$jobId');

/** One analysed recording; whatever its job's state, something sensible stands here. */
export function TrackPage() {
  const { t } = useLingui();
  const { jobId } = route.useParams();
  const job = useLiveJobs([jobId]).get(jobId);
  if (job === undefined) return <Loader className={classes.loader} role="status" aria-label={t`Loading`} />;
  if (job.error?.code === 'JOB_NOT_FOUND') return <Gone />;
  if (job.processor !== analysisProcessor) return <Foreign job={job} />;
  if (job.status === 'succeeded') return <Finished job={job} />;
  return <Unfinished job={job} />;
}

function Gone() {
  return (
    <Page title={<Trans>Audio</Trans>}>
      <Empty icon={IconMusicOff} action={<ToAudio />}>
        <Trans>There is no such analysis, or not any more. Drop the recording again to analyse it anew.</Trans>
      </Empty>
    </Page>
  );
}

function Foreign({ job }: { readonly job: Job }) {
  const title = useProcessorTitle()(job.processor);
  return (
    <Page title={<Trans>Audio</Trans>}>
      <Empty
        icon={IconFileUnknown}
        action={
          <LinkButton to="/jobs" search={{ job: job.id }} variant="default">
            <Trans>Show the job</Trans>
          </LinkButton>
        }
      >
        <Trans>This address belongs to other work: {title}.</Trans>
      </Empty>
    </Page>
  );
}

function ToAudio() {
  return (
    <LinkButton to="/audio">
      <Trans>To the recordings</Trans>
    </LinkButton>
  );
}

function Unfinished({ job }: { readonly job: Job }) {
  const { t } = useLingui();
  const errorText = useAudioErrorText();
  const { retry } = useJobActions();
  const name = useTrackName(job);
  const waits = job.status === 'queued' || job.status === 'active';
  const error = job.error;
  return (
    <Page title={name}>
      {waits ? (
        <JobInProgress job={job} doing={<Trans>Listening and measuring</Trans>} label={t`Progress of the analysis`} />
      ) : (
        <>
          {error && (
            <Notice kind="error">
              {errorText(error)}
              <p className={classes.detail} lang="en">
                {error.code}: {error.detail}
              </p>
            </Notice>
          )}
          <Empty
            icon={IconMusicOff}
            action={
              <span className={classes.choices}>
                {!(error && isHopelessSound(error)) && (
                  <Button
                    leftSection={<IconRefresh size={16} aria-hidden />}
                    loading={retry.isPending}
                    onClick={() => retry.mutate(job.id)}
                  >
                    <Trans>Try again</Trans>
                  </Button>
                )}
                <LinkButton to="/audio" variant="default">
                  <Trans>To the recordings</Trans>
                </LinkButton>
              </span>
            }
          >
            {job.status === 'cancelled' ? (
              <Trans>The analysis was cancelled.</Trans>
            ) : (
              <Trans>This recording could not be analysed.</Trans>
            )}
          </Empty>
        </>
      )}
    </Page>
  );
}

function Finished({ job }: { readonly job: Job }) {
  const { t } = useLingui();
  const name = useTrackName(job);
  const { data: analysis, error } = useAnalysis(job);
  const [assetId = '', referenceId] = job.inputs;
  if (error) return <ResultGone job={job} name={name} error={error} />;
  if (analysis === undefined) return <Loader className={classes.loader} role="status" aria-label={t`Loading`} />;
  const track = { job, analysis, goal: goalOf(job), name, assetId, ...(referenceId !== undefined && { referenceId }) };
  // Another goal of the same recording goes on playing where it is.
  return <TrackView key={job.inputs.join(' ')} track={track} />;
}

/** The job is known, but what it found is not there any more. */
function ResultGone({ job, name, error }: { readonly job: Job; readonly name: ReactNode; readonly error: Error }) {
  const errorText = useAudioErrorText();
  const queries = useQueryClient();
  const navigate = route.useNavigate();
  const again = useMutation({
    mutationFn: () =>
      createJob({ processor: job.processor, inputs: job.inputs, params: job.params, metadata: job.metadata ?? {} }),
    onSuccess: async (created) => {
      queries.setQueryData(jobKey(created.id), created);
      await navigate({ params: { jobId: created.id }, replace: true });
    },
  });
  return (
    <Page title={name}>
      <Notice kind="error">{errorText(again.error ?? error)}</Notice>
      <Empty
        icon={IconMusicOff}
        action={
          <Button
            leftSection={<IconRefresh size={16} aria-hidden />}
            loading={again.isPending}
            onClick={() => again.mutate()}
          >
            <Trans>Analyse again</Trans>
          </Button>
        }
      >
        <Trans>What was measured is no longer on the server.</Trans>
      </Empty>
    </Page>
  );
}

/** As whoever asked called it; else as the file was called. */
function useTrackName(job: Job): string {
  const { t } = useLingui();
  const said = jobName(job);
  const [assetId] = job.inputs;
  const { data: asset } = useQuery({
    queryKey: ['asset', assetId],
    queryFn: ({ signal }) => request<Asset>(`/v1/assets/${assetId}`, { signal }),
    enabled: said === undefined && assetId !== undefined,
    retry: false,
  });
  return said ?? asset?.name ?? t`Recording`;
}
