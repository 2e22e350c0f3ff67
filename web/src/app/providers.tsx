import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRouter, RouterProvider } from '@tanstack/react-router';
import { meQuery } from '../api/me.ts';
import { onClaimed } from '../api/own-storage.ts';
import { ApiError, onSignedOut } from '../api/problem.ts';
import { routeTree } from './routes.ts';
import { theme } from './theme.ts';

const queries = new QueryClient({
  defaultOptions: {
    // What the server refuses it will refuse again; what did not arrive may.
    queries: { staleTime: 10_000, retry: (failures, error) => failures < 2 && !isRefusal(error) },
  },
});

const router = createRouter({ routeTree, context: { queries }, defaultPreload: 'intent', scrollRestoration: true });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

const colorSchemeManager = localStorageColorSchemeManager({ key: 'esteira.colours' });

// A session may end while somebody works: the page leads to the sign-in, and files that were chosen stay where they are.
onSignedOut(() => {
  if (queries.getQueryData(meQuery.queryKey)?.user === undefined) return;
  void queries.refetchQueries(meQuery).then(() => router.invalidate());
});
onClaimed(() => location.reload());

export function Providers() {
  return (
    <I18nProvider i18n={i18n}>
      <MantineProvider
        theme={theme}
        defaultColorScheme="auto"
        colorSchemeManager={colorSchemeManager}
        withCssVariables={false}
        withGlobalClasses={false}
      >
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </I18nProvider>
  );
}

function isRefusal(error: Error): boolean {
  return error instanceof ApiError && error.status < 500;
}
