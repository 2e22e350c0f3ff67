import { sql, type Transaction } from 'kysely';
import type { Database } from '#database/schema.ts';
import type { TenantDatabase } from '#database/tenant-database.ts';
import { lockTenant } from '#database/tenant-locks.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import { isId, newId } from '#kernel/ids.ts';
import { checkStorable } from '#kernel/storable-json.ts';
import { findOutput } from '../find-output.ts';
import { isOpen } from './open-share.ts';
import type { Share, Shares } from './share.ts';

export interface ShareServiceDeps {
  readonly tenantDb: TenantDatabase;
  /** Open ones of one tenant. Default 10,000. */
  readonly maxShares?: number;
}

const maxNameBytes = 1_024;
const maxListed = 500;

export function createShareService({ tenantDb, maxShares = 10_000 }: ShareServiceDeps): Shares {
  return {
    async create(actor, { jobId, outputIndex, name, expiresInSeconds }) {
      checkStorable('name', name, maxNameBytes);
      return await tenantDb.run(actor.tenantId, async (trx) => {
        await checkOutput(trx, actor, jobId, outputIndex);
        await checkRoom(trx, actor, maxShares);
        const row = await trx
          .insertInto('shares')
          .values({
            id: newId(),
            tenant_id: actor.tenantId,
            owner_id: actor.userId,
            job_id: jobId,
            output_index: outputIndex,
            name: name?.trim() || null,
            expires_at: sql<Date>`now() + make_interval(secs => ${expiresInSeconds})`,
            created_by: actor.userId,
            updated_by: actor.userId,
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        return toShare(row);
      });
    },

    async list(actor, jobId) {
      if (jobId !== undefined && !isId(jobId)) return [];
      const rows = await tenantDb.run(actor.tenantId, (trx) => {
        let query = trx.selectFrom('shares').selectAll().where('tenant_id', '=', actor.tenantId).where(isOpen);
        if (jobId !== undefined) query = query.where('job_id', '=', jobId);
        return query.orderBy('id', 'desc').limit(maxListed).execute();
      });
      return rows.map(toShare);
    },

    async revoke(actor, id) {
      const { numUpdatedRows } = isId(id)
        ? await tenantDb.run(actor.tenantId, (trx) =>
            trx
              .updateTable('shares')
              .set({ revoked_at: sql<Date>`now()`, updated_at: sql<Date>`now()`, updated_by: actor.userId })
              .where('id', '=', id)
              .where('tenant_id', '=', actor.tenantId)
              .where('revoked_at', 'is', null)
              .executeTakeFirst(),
          )
        : { numUpdatedRows: 0n };
      if (numUpdatedRows === 0n) {
        throw new AppError('SHARE_NOT_FOUND', 'There is no such share, or it has been taken back already.');
      }
    },
  };
}

async function checkOutput(trx: Transaction<Database>, actor: Actor, jobId: string, index: number): Promise<void> {
  const job = isId(jobId)
    ? await trx
        .selectFrom('jobs')
        .select('status')
        .where('id', '=', jobId)
        .where('tenant_id', '=', actor.tenantId)
        .executeTakeFirst()
    : undefined;
  if (job === undefined) throw new AppError('JOB_NOT_FOUND', 'There is no such job. It may have been removed.');
  if (job.status !== 'succeeded') {
    throw new AppError('JOB_NOT_FINISHED', 'Only what a job has finished can be shared. Wait until it has succeeded.');
  }
  if ((await findOutput(trx, jobId, index)) === undefined) {
    throw new AppError('OUTPUT_NOT_FOUND', `The job has no output ${index}; they are counted from 0.`);
  }
}

async function checkRoom(trx: Transaction<Database>, actor: Actor, limit: number): Promise<void> {
  await lockTenant(trx, actor.tenantId);
  const { count } = await trx
    .selectFrom('shares')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('tenant_id', '=', actor.tenantId)
    .where(isOpen)
    .executeTakeFirstOrThrow();
  if (count < limit) return;
  throw new AppError('SHARE_LIMIT', `There are ${limit} open shares, the limit. Take back some of them.`);
}

interface ShareRow {
  readonly id: string;
  readonly job_id: string;
  readonly output_index: number;
  readonly name: string | null;
  readonly created_at: Date;
  readonly expires_at: Date;
}

function toShare(row: ShareRow): Share {
  const { id, name } = row;
  return {
    id,
    name,
    jobId: row.job_id,
    outputIndex: row.output_index,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}
