import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { withCatalog } from '../../app/language.ts';
import { rootRoute } from '../../app/root-route.tsx';

export interface SignInSearch {
  /** Where to go on; an address of the studio. */
  readonly to?: string;
  /** The other place did not let them in. */
  readonly failed?: true;
}

const getParentRoute = () => rootRoute;

export const signInRoute = createRoute({
  getParentRoute,
  path: '/sign-in',
  validateSearch: ({ to, failed, error }: Record<string, unknown>): SignInSearch => ({
    // Nobody is led elsewhere: neither `//elsewhere` nor `https:` is an address of the studio.
    ...(typeof to === 'string' && /^\/(?![/\\])/.test(to) && { to }),
    ...((failed !== undefined || error !== undefined) && { failed: true }),
  }),
  component: lazyRouteComponent(() => withCatalog('accounts', import('./sign-in-page.tsx')), 'SignInPage'),
});

export const forgotPasswordRoute = createRoute({
  getParentRoute,
  path: '/forgot-password',
  component: lazyRouteComponent(
    () => withCatalog('accounts', import('./forgot-password-page.tsx')),
    'ForgotPasswordPage',
  ),
});

export const resetPasswordRoute = createRoute({
  getParentRoute,
  path: '/reset-password',
  validateSearch: ({ token, error }: Record<string, unknown>) => ({
    ...(typeof token === 'string' && { token }),
    ...(typeof error === 'string' && { error }),
  }),
  component: lazyRouteComponent(
    () => withCatalog('accounts', import('./reset-password-page.tsx')),
    'ResetPasswordPage',
  ),
});

export const setupRoute = createRoute({
  getParentRoute,
  path: '/setup',
  component: lazyRouteComponent(() => withCatalog('accounts', import('./setup-page.tsx')), 'SetupPage'),
});

export const joinRoute = createRoute({
  getParentRoute,
  path: '/join',
  component: lazyRouteComponent(() => withCatalog('accounts', import('./join-page.tsx')), 'JoinPage'),
});
