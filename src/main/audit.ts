import type { Audit, AuditLog } from '#audit/audit.ts';
import { type AuditDeps, createAuditTrail } from '#audit/audit-trail.ts';
import { sealActs } from '#audit/seal-acts.ts';
import { trimEntries } from '#audit/trim-entries.ts';
import { every } from '#jobs/every.ts';
import { AppError } from '#kernel/errors.ts';
import type { Parts } from './parts.ts';

/** Readers do not wait for it: they look by themselves first. */
const sealMs = 2_000;
const trimMs = 3_600_000;

/** The record of acts, for whoever does something that belongs there, and for who reads it. */
export function openAudit({ engines }: Pick<Parts, 'engines'>): Audit & AuditLog {
  const { db } = engines.database;
  const people: AuditDeps['people'] = (ids) =>
    db.selectFrom('people').select(['id', 'name']).where('id', 'in', ids).execute();
  return createAuditTrail({ db, people });
}

/** Gives acts their place in the chains, together with all other processes that work. */
export function startAudit({ config, engines, plans, log }: Parts, opened: AsyncDisposableStack): void {
  const { db } = engines.database;
  const { auditRetentionDays } = config.privacy;
  const keptDays = async (tenantId: string | null): Promise<number | null> => {
    if (tenantId === null) return auditRetentionDays;
    try {
      return (await plans.of(tenantId)).plan.auditRetentionDays ?? auditRetentionDays;
    } catch (error) {
      // What was erased leaves its record behind.
      if (error instanceof AppError && error.code === 'TENANT_NOT_FOUND') return auditRetentionDays;
      throw error;
    }
  };
  const sealer = every(
    sealMs,
    async () => void (await sealActs(db)),
    (err) => log.warn({ err }, 'acts have no place on record yet; trying again'),
  );
  opened.defer(() => sealer.close());
  const trimmer = every(
    trimMs,
    async () => void (await trimEntries(db, keptDays)),
    (err) => log.warn({ err }, 'old acts are still on record; trying again'),
  );
  opened.defer(() => trimmer.close());
}
