import type { MessageDescriptor } from '@lingui/core';
import type { Icon } from '@tabler/icons-react';
import { useRouter } from '@tanstack/react-router';

/** How a page shows in the header. */
export interface NavigationEntry {
  readonly label: MessageDescriptor;
  readonly icon: Icon;
  /** Places from left to right: 10, 20, … */
  readonly order: number;
}

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    navigation?: NavigationEntry;
  }
}

/** The pages that want to be in the header, in order. */
export function useNavigation(): readonly (NavigationEntry & { readonly path: string })[] {
  const { routesByPath } = useRouter();
  return Object.values(routesByPath)
    .flatMap(({ fullPath, options }) => {
      const entry = options.staticData?.navigation;
      return entry === undefined ? [] : [{ ...entry, path: fullPath }];
    })
    .sort((a, b) => a.order - b.order);
}
