import type { Kysely } from 'kysely';
import type { Database } from '#database/schema.ts';
import { isId } from '#kernel/ids.ts';
import type { JobOutput } from './job.ts';

export type StoredOutput = Pick<JobOutput, 'sha256' | 'mediaType' | 'sizeBytes'>;

/**
 * Of all tenants, whoever it belongs to, for an address that somebody signed who could get it.
 *
 * @returns undefined when there is no such output, or no such job any more
 */
export async function findOutput(
  db: Kysely<Database>,
  jobId: string,
  index: number,
): Promise<StoredOutput | undefined> {
  if (!isId(jobId)) return undefined;
  return await db
    .selectFrom('job_outputs')
    .select(['sha256', 'media_type as mediaType', 'size_bytes as sizeBytes'])
    .where('job_id', '=', jobId)
    .where('index', '=', index)
    .executeTakeFirst();
}
