import { Trans, useLingui } from '@lingui/react/macro';
import { VisuallyHidden } from '@mantine/core';
import { IconEyeExclamation, IconPhoto } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { BatchItem } from '../../api/batch.ts';
import { isUnsure } from '../../api/confidence.ts';
import { JobStatusBadge } from '../../ui/job-status.tsx';
import { SaveButton } from '../../ui/save-button.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import classes from './batch-item-card.module.css';

/** One item: what it became, or why it became nothing. */
export function BatchItemCard({ item: { index, name, job } }: { readonly item: BatchItem }) {
  const { t } = useLingui();
  const errorText = useErrorText();
  const output = job.outputs.find(({ mediaType }) => mediaType.startsWith('image/'));
  const label = name ?? `${index + 1}`;
  return (
    <article className={classes.card} aria-label={label}>
      <Link
        className={classes.picture}
        to="/jobs"
        search={{ job: job.id }}
        title={t`Details`}
        {...(job.error === undefined && { 'aria-label': t`Details of ${label}` })}
      >
        {output ? (
          <img src={output.url} alt="" loading="lazy" decoding="async" />
        ) : job.error ? (
          <span className={classes.error}>
            <VisuallyHidden>{label}: </VisuallyHidden>
            {errorText(job.error)}
          </span>
        ) : (
          <IconPhoto size={28} stroke={1.3} aria-hidden />
        )}
      </Link>
      {job.status === 'succeeded' && isUnsure(job) && (
        <span className={classes.unsure}>
          <IconEyeExclamation size={16} stroke={1.8} aria-hidden />
          <Trans>Look closely</Trans>
        </span>
      )}
      <footer className={classes.foot}>
        <span className={classes.name} title={label}>
          {label}
        </span>
        {job.status !== 'succeeded' && <JobStatusBadge status={job.status} />}
        {output && <SaveButton output={output} name={label} />}
      </footer>
    </article>
  );
}
