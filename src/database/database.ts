import type { Kysely } from 'kysely';
import type { Database } from './schema.ts';
import type { TenantDatabase } from './tenant-database.ts';

/** A database that is open and migrated. */
export interface OpenDatabase {
  readonly driver: 'pglite' | 'postgres';
  /** All rows, of all tenants: for what works across them. */
  readonly db: Kysely<Database>;
  /** For what is done on somebody's behalf. */
  readonly tenantDb: TenantDatabase;
  /** Whether row-level security stands under `tenantDb`: not where the user may not create roles. */
  readonly rowSecurity: boolean;
  close(): Promise<void>;
}
