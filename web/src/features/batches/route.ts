import { msg } from '@lingui/core/macro';
import { IconStack2 } from '@tabler/icons-react';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root-route.tsx';
import { type ItemFilter, isItemFilter } from './item-filter.ts';

export const batchesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/batches',
  component: lazyRouteComponent(() => import('./batches-page.tsx'), 'BatchesPage'),
  staticData: { navigation: { label: msg`Batches`, icon: IconStack2, order: 30, permission: 'jobs:read' } },
});

export interface BatchSearch {
  readonly show?: ItemFilter;
  /** From 1. */
  readonly page?: number;
}

export const batchRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/batches/$batchId',
  validateSearch: ({ show, page }: Record<string, unknown>): BatchSearch => ({
    ...(isItemFilter(show) && { show }),
    ...(Number.isInteger(page) && Number(page) > 1 && { page: Number(page) }),
  }),
  component: lazyRouteComponent(() => import('./batch-page.tsx'), 'BatchPage'),
});
