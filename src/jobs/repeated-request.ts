import type { TenantDatabase } from '#database/tenant-database.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';

const nouns = { batches: 'batch', pipelines: 'pipeline' } as const;

/**
 * What an idempotency key was used for before.
 *
 * @returns the id of what was made then
 * @throws AppError IDEMPOTENCY_KEY_REUSED when that was another request
 */
export async function findRepeated(
  tenantDb: TenantDatabase,
  table: keyof typeof nouns,
  actor: Actor,
  idempotencyKey: string | undefined,
  fingerprint: string | null,
): Promise<string | undefined> {
  if (idempotencyKey === undefined) return undefined;
  const row = await tenantDb.run(actor.tenantId, (trx) =>
    trx
      .selectFrom(table)
      .select(['id', 'request_fingerprint'])
      .where('tenant_id', '=', actor.tenantId)
      .where('idempotency_key', '=', idempotencyKey)
      .executeTakeFirst(),
  );
  if (row !== undefined && row.request_fingerprint !== fingerprint) {
    throw new AppError(
      'IDEMPOTENCY_KEY_REUSED',
      `This Idempotency-Key belongs to ${nouns[table]} ${row.id}, which was another request. Use a new key for new work.`,
    );
  }
  return row?.id;
}
