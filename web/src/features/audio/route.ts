import { msg } from '@lingui/core/macro';
import { IconWaveSine } from '@tabler/icons-react';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { withCatalog } from '../../app/language.ts';
import { rootRoute } from '../../app/root-route.tsx';
import type { TrackSearch } from './track-search.ts';

export const audioRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/audio',
  component: lazyRouteComponent(() => withCatalog('sound', import('./audio-page.tsx')), 'AudioPage'),
  staticData: { navigation: { label: msg`Audio`, icon: IconWaveSine, order: 25, permission: 'jobs:write' } },
});

export const trackRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/audio/$jobId',
  validateSearch: ({ view, with: other, stems }: Record<string, unknown>): TrackSearch => ({
    ...(view === 'stems' && { view }),
    ...(typeof other === 'string' && { with: other }),
    ...(typeof stems === 'string' && { stems }),
  }),
  component: lazyRouteComponent(() => withCatalog('sound', import('./track-page.tsx')), 'TrackPage'),
});
