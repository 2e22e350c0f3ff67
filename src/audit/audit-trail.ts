import type { Kysely } from 'kysely';
import type { Database } from '#database/schema.ts';
import type { Audit, AuditLog } from './audit.ts';
import { auditOutbox } from './outbox.ts';
import { listEntries, readEntries } from './read-entries.ts';
import { sealActs } from './seal-acts.ts';
import { verifyChain } from './verify-chain.ts';

/** To be written to and read. Readers wait until what was done before them has its place. */
export function createAuditTrail(db: Kysely<Database>): Audit & AuditLog {
  return {
    ...auditOutbox(db),
    async list(tenantId, filter) {
      await sealActs(db);
      return await listEntries(db, tenantId, filter);
    },
    async *entries(tenantId, filter) {
      await sealActs(db);
      yield* readEntries(db, tenantId, filter);
    },
    async verify(tenantId) {
      await sealActs(db);
      return await verifyChain(db, tenantId);
    },
  };
}
