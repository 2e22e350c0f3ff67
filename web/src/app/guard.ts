import type { QueryClient } from '@tanstack/react-query';
import { redirect } from '@tanstack/react-router';
import { type Me, may, meQuery } from '../api/me.ts';
import { claimStorage } from '../api/own-storage.ts';

/** Pages for those whom the server does not know yet. */
const openPages: ReadonlySet<string> = new Set(['/sign-in', '/forgot-password', '/reset-password', '/setup', '/join']);

/**
 * Before any page is shown: leads those who have to sign in there, and says where to come back to.
 *
 * @throws a redirect
 */
export async function guard(
  queries: QueryClient,
  { pathname, href }: { readonly pathname: string; readonly href: string },
): Promise<void> {
  // A server that cannot say who asks says more where it is asked for something.
  const me = await queries.ensureQueryData(meQuery).catch(() => undefined);
  if (me?.mode !== 'accounts') return;
  if (me.user) claimStorage(whoseOf(me));
  if (openPages.has(pathname)) return;
  if (me.needsSetup) throw redirect({ to: '/setup' });
  if (me.user === undefined) throw redirect({ to: '/sign-in', search: href === '/' ? {} : { to: href } });
  if (me.tenant === undefined && pathname.split('/')[1] !== 'server') {
    if (pathname.split('/')[1] !== 'account') throw redirect({ to: '/account' });
  } else if (pathname === '/' && !may(me, 'jobs:write')) {
    throw redirect({ to: '/jobs' });
  }
}

/** Whose work it is: a person's, in one workspace. */
export function whoseOf({ user, tenant }: Me): string {
  return `${user?.id} ${tenant?.id ?? ''}`;
}
