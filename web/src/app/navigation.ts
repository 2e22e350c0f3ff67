import type { MessageDescriptor } from '@lingui/core';
import type { Icon } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { may, meQuery, type Permission } from '../api/me.ts';

/** How a page shows in the header. */
export interface NavigationEntry {
  readonly label: MessageDescriptor;
  readonly icon: Icon;
  /** Places from left to right: 10, 20, … */
  readonly order: number;
  /** Who may not do this is not shown the page. */
  readonly permission: Permission;
}

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    navigation?: NavigationEntry;
  }
}

/** The pages that want to be in the header and may be used, in order. */
export function useNavigation(): readonly (NavigationEntry & { readonly path: string })[] {
  const { routesByPath } = useRouter();
  const { data: me } = useQuery(meQuery);
  return Object.values(routesByPath)
    .flatMap(({ fullPath, options }) => {
      const entry = options.staticData?.navigation;
      return entry === undefined || !may(me, entry.permission) ? [] : [{ ...entry, path: fullPath }];
    })
    .sort((a, b) => a.order - b.order);
}
