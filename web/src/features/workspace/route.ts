import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { withCatalog } from '../../app/language.ts';
import { rootRoute } from '../../app/root-route.tsx';

const component = lazyRouteComponent(() => withCatalog('accounts', import('./workspace-page.tsx')), 'WorkspacePage');

/** Reached from the menu of the account. */
export const workspaceRoute = createRoute({ getParentRoute: () => rootRoute, path: '/workspace', component });
export const workspaceSectionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/workspace/$section',
  component,
});
