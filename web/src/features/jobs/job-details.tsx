import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Loader, Modal } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { analysisProcessor } from '../../api/audio.ts';
import { jobCurl } from '../../api/curl.ts';
import { isSettled, type Job } from '../../api/job.ts';
import { useLiveJobs } from '../../api/live-jobs.ts';
import { useProcessorTitle } from '../../api/processors.ts';
import { useMay } from '../../api/use-may.ts';
import { CopyCurlButton } from '../../ui/copy-curl.tsx';
import { JobStatusBadge } from '../../ui/job-status.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { saveOutput } from '../../ui/save-output.ts';
import { exactTime, sizeText, spanSeconds } from '../../ui/times.ts';
import { useErrorText } from '../../ui/use-error-text.ts';
import classes from './job-details.module.css';
import { jobName } from './job-name.ts';
import { useJobActions } from './use-job-actions.ts';

interface Props {
  /** Undefined while nothing is open. */
  readonly id: string | undefined;
  readonly onClose: () => void;
}

/** One job with all that is known of it. */
export function JobDetails({ id, onClose }: Props) {
  const { t } = useLingui();
  const job = useLiveJobs(id === undefined ? [] : [id]).get(id ?? '');
  return (
    <Modal
      opened={id !== undefined}
      onClose={onClose}
      size="lg"
      title={<Trans>Job</Trans>}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      {job === undefined ? <Loader role="status" aria-label={t`Loading`} /> : <Details job={job} />}
    </Modal>
  );
}

function Details({ job }: { readonly job: Job }) {
  const { i18n } = useLingui();
  const title = useProcessorTitle();
  const errorText = useErrorText();
  const { cancel, retry } = useJobActions();
  const mayChange = useMay()('jobs:write');
  const [output] = job.outputs;
  const save = useMutation({ mutationFn: async () => output && saveOutput(output, jobName(job) ?? job.id) });
  const { locale } = i18n;
  return (
    <div className={classes.details}>
      {output?.mediaType.startsWith('image/') && (
        <img
          className={classes.picture}
          data-opaque={output.mediaType === 'image/jpeg' || undefined}
          src={output.url}
          alt=""
        />
      )}
      {job.error && (
        <Notice kind="error">
          {errorText(job.error)}
          <p className={classes.detail} lang="en">
            {job.error.code}: {job.error.detail}
          </p>
        </Notice>
      )}
      <dl className={classes.facts}>
        <Fact name={<Trans>State</Trans>}>
          <JobStatusBadge status={job.status} />
        </Fact>
        {jobName(job) && <Fact name={<Trans>Photo</Trans>}>{jobName(job)}</Fact>}
        <Fact name={<Trans>Kind</Trans>}>{title(job.processor)}</Fact>
        <Fact name={<Trans>Asked</Trans>}>{exactTime(job.queuedAt, locale)}</Fact>
        {job.startedAt && job.finishedAt && (
          <Fact name={<Trans>Took</Trans>}>{spanSeconds(job.startedAt, job.finishedAt, locale)}</Fact>
        )}
        {output && (
          <Fact name={<Trans>Result</Trans>}>
            {output.mediaType}, {sizeText(output.sizeBytes, locale)}
          </Fact>
        )}
        <Fact name={<Trans>Id</Trans>}>
          <code>{job.id}</code>
        </Fact>
      </dl>
      <details className={classes.params}>
        <summary>
          <Trans>Parameters</Trans>
        </summary>
        <pre>{JSON.stringify(job.params, null, 2)}</pre>
      </details>
      <div className={classes.actions}>
        {output && (
          <Button
            leftSection={<IconDownload size={16} aria-hidden />}
            loading={save.isPending}
            onClick={() => save.mutate()}
          >
            <Trans>Download</Trans>
          </Button>
        )}
        {job.processor === analysisProcessor && (
          <LinkButton to="/audio/$jobId" params={{ jobId: job.id }} variant="default">
            <Trans>Open the analysis</Trans>
          </LinkButton>
        )}
        {mayChange && !isSettled(job) && (
          <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate(job.id)}>
            <Trans>Cancel</Trans>
          </Button>
        )}
        {mayChange && (job.status === 'failed' || job.status === 'cancelled') && (
          <Button loading={retry.isPending} onClick={() => retry.mutate(job.id)}>
            <Trans>Try again</Trans>
          </Button>
        )}
        <CopyCurlButton curl={jobCurl(location.origin, job)} />
      </div>
    </div>
  );
}

function Fact({ name, children }: { readonly name: ReactNode; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
