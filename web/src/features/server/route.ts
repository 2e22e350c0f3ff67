import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { withCatalog } from '../../app/language.ts';
import { rootRoute } from '../../app/root-route.tsx';

const component = lazyRouteComponent(() => withCatalog('accounts', import('./server-page.tsx')), 'ServerPage');

/** For those who run the server. */
export const serverRoute = createRoute({ getParentRoute: () => rootRoute, path: '/server', component });
export const serverSectionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/server/$section',
  component,
});
