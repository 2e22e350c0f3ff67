import type { Kysely } from 'kysely';
import type { Audit } from '#audit/audit.ts';
import type { Database } from '#database/schema.ts';
import type { TenantDatabase } from '#database/tenant-database.ts';
import type { FanOut } from '#events/fan-out.ts';

/** What the services stand on that know who belongs where and may what. */
export interface AccessDeps {
  /** For questions that are asked before it is known who asks: whose key, whose invitation, which workspaces. */
  readonly db: Kysely<Database>;
  /** For everything else. */
  readonly tenantDb: TenantDatabase;
  /** Told after each change, so that nobody goes on by what held before. */
  readonly fanOut: Pick<FanOut, 'tell'>;
  readonly audit: Audit;
}
