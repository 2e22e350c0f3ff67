import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { listAnalyses } from '../../api/audio.ts';
import { timeAgo } from '../../ui/times.ts';
import { jobName } from '../jobs/job-name.ts';
import classes from './earlier-tracks.module.css';

const most = 8;

/** What was analysed on this server before, by whomever: the newest analysis of each recording. */
export function EarlierTracks() {
  const { i18n } = useLingui();
  const { data } = useQuery({ queryKey: ['analyses'], queryFn: ({ signal }) => listAnalyses(signal) });
  const seen = new Set<string>();
  const jobs = (data?.items ?? []).filter(({ inputs: [input = ''] }) => !seen.has(input) && seen.add(input));
  if (jobs.length === 0) return null;
  return (
    <section className={classes.earlier} aria-labelledby="earlier-title">
      <h2 id="earlier-title" className={classes.title}>
        <Trans>Analysed on this server before</Trans>
      </h2>
      <ul className={classes.list}>
        {jobs.slice(0, most).map((job) => (
          <li key={job.id}>
            <Link className={classes.entry} to="/audio/$jobId" params={{ jobId: job.id }}>
              <span className={classes.name}>{jobName(job) ?? <Trans>Recording</Trans>}</span>
              <span className={classes.when}>{timeAgo(job.queuedAt, i18n.locale)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
