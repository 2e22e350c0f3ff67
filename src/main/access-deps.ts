import type { AccessDeps } from '#accounts/access-deps.ts';
import { openAudit } from './audit.ts';
import type { Parts } from './parts.ts';

/** What the services stand on that know who belongs where and may what. */
export function accessDeps(parts: Parts): AccessDeps {
  const { database, fanOut } = parts.engines;
  return { db: database.db, tenantDb: database.tenantDb, fanOut, audit: openAudit(parts) };
}
