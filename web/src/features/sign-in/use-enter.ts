import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { meQuery } from '../../api/me.ts';
import { claimStorage } from '../../api/own-storage.ts';
import { doRefusedAgain } from '../../api/refused-work.ts';
import { whoseOf } from '../../app/guard.ts';

/**
 * Goes in, after somebody has signed in. Who comes back finds all as it was, chosen files too; for anybody else the page
 * is loaded anew, so that nothing is left of who was here before.
 */
export function useEnter(): (to?: string) => Promise<void> {
  const queries = useQueryClient();
  const router = useRouter();
  return async (to = '/') => {
    const me = await queries.fetchQuery({ ...meQuery, staleTime: 0 });
    if (!claimStorage(whoseOf(me))) {
      location.assign(to);
      return;
    }
    await queries.invalidateQueries({ predicate: ({ queryKey: [kind] }) => kind !== 'me' });
    doRefusedAgain();
    await router.navigate({ href: to });
  };
}
