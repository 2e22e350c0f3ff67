import { type Kysely, sql } from 'kysely';
import type { Database } from '#database/schema.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError } from '#kernel/errors.ts';
import { isId, newId } from '#kernel/ids.ts';
import { checkStorable } from '#kernel/storable-json.ts';
import { findOutput } from '../find-output.ts';
import type { Share, Shares } from './share.ts';

export interface ShareServiceDeps {
  readonly db: Kysely<Database>;
  /** Open ones of one tenant. Default 10,000. */
  readonly maxShares?: number;
}

const maxNameBytes = 1_024;
const maxListed = 500;

export function createShareService({ db, maxShares = 10_000 }: ShareServiceDeps): Shares {
  const open = () => db.selectFrom('shares').where('revoked_at', 'is', null).where('expires_at', '>', sql<Date>`now()`);

  async function checkOutput(actor: Actor, jobId: string, index: number): Promise<void> {
    const job = isId(jobId)
      ? await db
          .selectFrom('jobs')
          .select('status')
          .where('id', '=', jobId)
          .where('tenant_id', '=', actor.tenantId)
          .executeTakeFirst()
      : undefined;
    if (job === undefined) throw new AppError('JOB_NOT_FOUND', 'There is no such job. It may have been removed.');
    if (job.status !== 'succeeded') {
      throw new AppError(
        'JOB_NOT_FINISHED',
        'Only what a job has finished can be shared. Wait until it has succeeded.',
      );
    }
    if ((await findOutput(db, jobId, index)) === undefined) {
      throw new AppError('OUTPUT_NOT_FOUND', `The job has no output ${index}; they are counted from 0.`);
    }
  }

  return {
    async create(actor, { jobId, outputIndex, name, expiresInSeconds }) {
      checkStorable('name', name, maxNameBytes);
      await checkOutput(actor, jobId, outputIndex);
      const { count } = await open()
        .where('tenant_id', '=', actor.tenantId)
        .select((eb) => eb.fn.countAll<string>().as('count'))
        .executeTakeFirstOrThrow();
      if (Number(count) >= maxShares) {
        throw new AppError('SHARE_LIMIT', `There are ${maxShares} open shares, the limit. Take back some of them.`);
      }
      const row = await db
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
    },

    async list(actor, jobId) {
      if (jobId !== undefined && !isId(jobId)) return [];
      let query = open().selectAll().where('tenant_id', '=', actor.tenantId);
      if (jobId !== undefined) query = query.where('job_id', '=', jobId);
      const rows = await query.orderBy('id', 'desc').limit(maxListed).execute();
      return rows.map(toShare);
    },

    async revoke(actor, id) {
      const { numUpdatedRows } = isId(id)
        ? await db
            .updateTable('shares')
            .set({ revoked_at: sql<Date>`now()`, updated_at: sql<Date>`now()`, updated_by: actor.userId })
            .where('id', '=', id)
            .where('tenant_id', '=', actor.tenantId)
            .where('revoked_at', 'is', null)
            .executeTakeFirst()
        : { numUpdatedRows: 0n };
      if (numUpdatedRows === 0n) {
        throw new AppError('SHARE_NOT_FOUND', 'There is no such share, or it has been taken back already.');
      }
    },

    async open(id) {
      if (!isId(id)) return undefined;
      const share = await open().selectAll().where('id', '=', id).executeTakeFirst();
      if (share === undefined) return undefined;
      const output = await findOutput(db, share.job_id, share.output_index);
      return output && { ...output, name: share.name, expiresAt: share.expires_at };
    },
  };
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
