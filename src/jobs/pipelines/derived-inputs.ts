import { sql, type Transaction } from 'kysely';
import type { Database } from '#database/schema.ts';
import type { TenantDatabase } from '#database/tenant-database.ts';
import { AppError } from '#kernel/errors.ts';
import { newId } from '#kernel/ids.ts';
import type { MediaInfo } from '#processors/contract.ts';

export interface DerivedInputDeps {
  readonly tenantDb: TenantDatabase;
  /**
   * What is in a stored file, by looking at it: what its maker says of it is not what plans are made from.
   *
   * @throws AppError UNSUPPORTED_MEDIA_TYPE when it is not a kind of file that is known here, OBJECT_NOT_FOUND, or what
   *   is wrong with it
   */
  readonly inspect: (sha256: string) => Promise<MediaInfo>;
}

/** An output of the job of an earlier step. */
export interface OutputOf {
  readonly jobId: string;
  readonly index: number;
}

/**
 * The output as an asset, without anybody uploading it: a row of the pipeline's own, with the same bytes.
 *
 * Looked up outside of any transaction, because the file may have to come from far away. Doing it twice, also at the
 * same time, gives the same row.
 *
 * @returns the asset's id
 * @throws AppError OUTPUT_NOT_FOUND, or what is wrong with the file
 */
export async function derivedInput(
  { tenantDb, inspect }: DerivedInputDeps,
  tenantId: string,
  pipelineId: string,
  { jobId, index }: OutputOf,
): Promise<string> {
  const { output, known } = await tenantDb.run(tenantId, async (trx) => {
    const output = await trx
      .selectFrom('job_outputs')
      .select(['sha256', 'media_type', 'size_bytes'])
      .where('job_id', '=', jobId)
      .where('index', '=', index)
      .executeTakeFirst();
    if (output === undefined) throw await missing(trx, jobId, index);
    return { output, known: await findDerived(trx, pipelineId, output.sha256) };
  });
  if (known !== undefined) return known;
  const found = await inspect(output.sha256).catch(asItIsCalled);
  const {
    mediaType = output.media_type,
    widthPx = null,
    heightPx = null,
    frames = null,
    durationSeconds = null,
  } = found;
  return await tenantDb.run(tenantId, async (trx) => {
    // The job is held while the row that refers to its output is written: collection sees one of the two at any time.
    await sql`
    with held as (select id from jobs where id = ${jobId} for key share)
    insert into assets (id, tenant_id, owner_id, created_by, updated_by, pipeline_id, sha256, media_type, size_bytes,
      width_px, height_px, frames, duration_seconds)
    select ${newId()}, tenant_id, owner_id, owner_id, owner_id, pipelines.id, ${output.sha256}, ${mediaType},
      ${output.size_bytes}, ${widthPx}::integer, ${heightPx}::integer, ${frames}::integer, ${durationSeconds}::float8
    from pipelines
    where pipelines.id = ${pipelineId} and exists (select from held)
    on conflict do nothing`.execute(trx);
    const made = await findDerived(trx, pipelineId, output.sha256);
    if (made !== undefined) return made;
    throw await missing(trx, jobId, index);
  });
}

async function findDerived(
  trx: Transaction<Database>,
  pipelineId: string,
  sha256: string,
): Promise<string | undefined> {
  const row = await trx
    .selectFrom('assets')
    .select('id')
    .where('pipeline_id', '=', pipelineId)
    .where('sha256', '=', sha256)
    .executeTakeFirst();
  return row?.id;
}

/** A report, a text: nothing that could be looked at, and nothing that depends on how large it is. */
function asItIsCalled(error: unknown): Partial<MediaInfo> {
  if (error instanceof AppError && error.code === 'UNSUPPORTED_MEDIA_TYPE') return {};
  throw error;
}

async function missing(trx: Transaction<Database>, jobId: string, index: number): Promise<AppError> {
  const { count } = await trx
    .selectFrom('job_outputs')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('job_id', '=', jobId)
    .executeTakeFirstOrThrow();
  return new AppError(
    'OUTPUT_NOT_FOUND',
    count === 0
      ? `The outputs of job ${jobId} are gone: it was removed. Retry the pipeline with its steps.`
      : `Job ${jobId} has ${count} outputs, counted from 0; there is no output ${index}.`,
  );
}
