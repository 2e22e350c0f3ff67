import type { Admin, AdminMethod } from '#main/admin.ts';
import type { Arguments } from './command.ts';
import { configFrom } from './settings.ts';

/** One request to the API as whoever owns this machine; what it answers is for the caller to know. */
export type AdminCall = <T>(method: AdminMethod, path: string, body?: object, tenantId?: string) => Promise<T>;

/**
 * For verbs that administer: through the running server where there is one, else on the database directly.
 *
 * @throws AppError what the API refuses, in its words
 */
export async function administer<T>(args: Arguments, work: (call: AdminCall) => Promise<T>): Promise<T> {
  const { openAdmin } = await import('#main/admin.ts');
  await using admin: Admin = await openAdmin(configFrom(args));
  return await work(
    async (method, path, body, tenantId) => (await admin.request({ method, path, body, tenantId })) as never,
  );
}
