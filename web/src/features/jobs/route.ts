import { msg } from '@lingui/core/macro';
import { IconListCheck } from '@tabler/icons-react';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { isJobStatus, type JobStatus } from '../../api/job.ts';
import { rootRoute } from '../../app/root-route.tsx';

export interface JobsSearch {
  readonly status?: JobStatus;
  /** Id of the job whose details are open. */
  readonly job?: string;
}

export const jobsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/jobs',
  validateSearch: ({ status, job }: Record<string, unknown>): JobsSearch => ({
    ...(isJobStatus(status) && { status }),
    ...(typeof job === 'string' && { job }),
  }),
  component: lazyRouteComponent(() => import('./jobs-page.tsx'), 'JobsPage'),
  staticData: { navigation: { label: msg`Jobs`, icon: IconListCheck, order: 40, permission: 'jobs:read' } },
});
