import type { HostileTests } from './hostile-tests.ts';

/** Needs accounts: without them nobody has a plan. */
export function quotaRow(tests: HostileTests): void {
  tests.row(119, 'one byte more than the quota: refused with 413', async () => {
    throw new Error(`not built yet: ${tests.server.host}`);
  });
}
