import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { withCatalog } from '../../app/language.ts';
import { rootRoute } from '../../app/root-route.tsx';

const component = lazyRouteComponent(() => withCatalog('accounts', import('./account-page.tsx')), 'AccountPage');

/** Reached from the menu of the account. */
export const accountRoute = createRoute({ getParentRoute: () => rootRoute, path: '/account', component });
export const accountSectionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/account/$section',
  component,
});
