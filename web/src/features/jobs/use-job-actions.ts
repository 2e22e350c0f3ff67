import { useMutation, useQueryClient } from '@tanstack/react-query';
import { cancelJob, retryJob } from '../../api/job.ts';
import { jobKey } from '../../api/live-jobs.ts';

/** What can be done with a job; the lists show it at once. */
export function useJobActions() {
  const queries = useQueryClient();
  const refresh = async (id: string): Promise<void> => {
    await Promise.all([
      queries.invalidateQueries({ queryKey: jobKey(id) }),
      queries.invalidateQueries({ queryKey: ['jobs'] }),
      queries.invalidateQueries({ queryKey: ['batch'] }),
    ]);
  };
  return {
    // What was refused was refused because the job has moved on: the list then shows where to.
    cancel: useMutation({ mutationFn: cancelJob, onSettled: (_job, _error, id) => refresh(id) }),
    retry: useMutation({ mutationFn: retryJob, onSettled: (_job, _error, id) => refresh(id) }),
  };
}
