import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRouter, RouterProvider } from '@tanstack/react-router';
import { ApiError } from '../api/problem.ts';
import { routeTree } from './routes.ts';
import { theme } from './theme.ts';

const queryClient = new QueryClient({
  defaultOptions: {
    // What the server refuses it will refuse again; what did not arrive may.
    queries: { staleTime: 10_000, retry: (failures, error) => failures < 2 && !isRefusal(error) },
  },
});

const router = createRouter({ routeTree, defaultPreload: 'intent', scrollRestoration: true });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

const colorSchemeManager = localStorageColorSchemeManager({ key: 'esteira.colours' });

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
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </I18nProvider>
  );
}

function isRefusal(error: Error): boolean {
  return error instanceof ApiError && error.status < 500;
}
