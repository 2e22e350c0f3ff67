import type { QueryClient } from '@tanstack/react-query';
import { jobKey } from '../../api/live-jobs.ts';
import { createStudio, type Studio } from './studio-store.ts';

let studio: Studio | undefined;

/** The one studio of this tab. */
export function theStudio(queries: QueryClient): Studio {
  studio ??= createStudio((job) => queries.setQueryData(jobKey(job.id), job));
  return studio;
}
