import { msg } from '@lingui/core/macro';
import { IconScissors } from '@tabler/icons-react';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root-route.tsx';

export const cutoutRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./cutout-page.tsx'), 'CutoutPage'),
  staticData: { navigation: { label: msg`Cut out`, icon: IconScissors, order: 10, permission: 'jobs:write' } },
});
