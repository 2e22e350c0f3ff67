import { sql } from 'kysely';
import type { TenantDatabase } from '#database/tenant-database.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import { isId, newId } from '#kernel/ids.ts';
import type { Processor } from '#processors/contract.ts';
import type { ProcessorRegistry } from '#processors/registry.ts';
import type { CreateJob } from './job.ts';
import type { AssetRow, JobPlan } from './job-plan.ts';

/** All that is settled about a job before its row is written. */
export interface Draft {
  readonly actor: Actor;
  readonly request: Pick<CreateJob, 'priority' | 'metadata' | 'webhookUrl' | 'hidden' | 'idempotencyKey'>;
  /** Kept where there is an idempotency key. */
  readonly fingerprint: string;
  readonly processor: Processor;
  readonly params: Readonly<Record<string, unknown>>;
  readonly assets: readonly AssetRow[];
  readonly plan: JobPlan;
  /** The finished job whose outputs are the answer. */
  readonly sourceId: string | undefined;
  /** The newest finished job with this result when it was looked for, whether its outputs were any good or not. */
  readonly seenId?: string | undefined;
}

/** The row as `jsonb_populate_record` reads it. */
export function rowOf({ actor, request, processor, params, plan, fingerprint, sourceId }: Draft) {
  const isKnown = sourceId !== undefined;
  return {
    id: newId(),
    tenant_id: actor.tenantId,
    owner_id: actor.userId,
    created_by: actor.userId,
    updated_by: actor.userId,
    processor: processor.name,
    processor_version: processor.version,
    params,
    result_key: plan.resultKey,
    status: isKnown ? 'succeeded' : 'queued',
    cached: isKnown,
    progress: isKnown ? 1 : 0,
    priority: request.priority ?? 'normal',
    patience_ms: plan.patienceMs,
    metadata: request.metadata,
    webhook_url: request.webhookUrl,
    hidden: request.hidden ?? false,
    idempotency_key: request.idempotencyKey,
    request_fingerprint: request.idempotencyKey === undefined ? undefined : fingerprint,
  };
}

export function inputRowsOf({ assets }: Draft) {
  return assets.map(({ id, ...asset }, index) => ({ ...asset, asset_id: id, index }));
}

/** What `rowOf` gives; the leader and the end are the statement's own. */
export const jobColumns =
  sql.raw(`id, tenant_id, owner_id, created_by, updated_by, processor, processor_version, params,
  result_key, status, cached, progress, priority, patience_ms, metadata, webhook_url, hidden, idempotency_key,
  request_fingerprint`);
export const inputColumns = sql.raw(
  '"index", asset_id, sha256, media_type, size_bytes, width_px, height_px, frames, duration_seconds',
);
export const outputColumns = sql.raw('"index", sha256, media_type, size_bytes, data');

/** @throws AppError UNKNOWN_PROCESSOR */
export function findProcessor(processors: ProcessorRegistry, name: string): Processor {
  const processor = processors.get(name);
  if (processor !== undefined) return processor;
  const names = processors.list().map((known) => known.name);
  throw new AppError('UNKNOWN_PROCESSOR', `There is no such processor; there are ${names.join(', ')}.`);
}

/** Those of the ids that are the tenant's assets. */
export async function findAssets(tenantDb: TenantDatabase, { tenantId }: Actor, ids: readonly string[]) {
  const wanted = [...new Set(ids)].filter(isId);
  const rows =
    wanted.length === 0
      ? []
      : await tenantDb.execute(tenantId, (db) =>
          db
            .selectFrom('assets')
            .selectAll()
            .where('tenant_id', '=', tenantId)
            .where('id', '=', sql<string>`any(${wanted}::uuid[])`),
        );
  return new Map(rows.map((row) => [row.id, row]));
}

/** In the order asked for; the same asset may be named more than once. @throws AppError ASSET_NOT_FOUND */
export function inOrder(found: ReadonlyMap<string, AssetRow>, ids: readonly string[]): AssetRow[] {
  return ids.map((id, index) => {
    const row = found.get(id);
    if (row !== undefined) return row;
    throw new AppError('ASSET_NOT_FOUND', `Input ${index + 1} names an asset that does not exist. Upload it first.`);
  });
}
