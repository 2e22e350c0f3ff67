import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import type { JobStatus } from '../api/job.ts';
import classes from './job-status.module.css';

export const statusNames = {
  queued: msg`In line`,
  active: msg`Working`,
  succeeded: msg`Done`,
  failed: msg`Failed`,
  cancelled: msg`Cancelled`,
} as const satisfies Record<JobStatus, unknown>;

/** A state as a word with a colour; the word alone says it too. */
export function JobStatusBadge({ status }: { readonly status: JobStatus }) {
  const { i18n } = useLingui();
  return (
    <span className={classes.badge} data-status={status}>
      {i18n._(statusNames[status])}
    </span>
  );
}
