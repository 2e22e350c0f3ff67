import { type Kysely, sql } from 'kysely';
import type { Database } from '#database/schema.ts';

/**
 * Objects that no row needs. An input is held by its asset, and by its jobs until they end.
 *
 * @param hashes of objects
 * @returns those of them that nobody refers to
 */
export async function unreferenced(db: Kysely<Database>, hashes: readonly string[]): Promise<string[]> {
  if (hashes.length === 0) return [];
  const { rows } = await sql<{ sha256: string }>`
    select object.sha256 from unnest(${hashes}::text[]) as object (sha256)
    where not exists (select from assets where assets.sha256 = object.sha256)
      and not exists (select from job_outputs where job_outputs.sha256 = object.sha256)
      and not exists (select from needed_results where needed_results.sha256 = object.sha256)
      and not exists (select from privacy_exports where privacy_exports.sha256 = object.sha256)
      and not exists (
        select from job_inputs join jobs on jobs.id = job_inputs.job_id
        where job_inputs.sha256 = object.sha256 and jobs.status in ('queued', 'active'))`.execute(db);
  return rows.map((row) => row.sha256);
}

/**
 * Of a job that was removed while it ran, what it made is nobody's: it need not wait until collection finds it, and must
 * not where the job went because somebody is erased.
 */
export async function noteUnwanted(
  db: Kysely<Database>,
  jobId: string,
  outputs: readonly { readonly sha256: string }[],
): Promise<void> {
  await sql`
    insert into erased_objects (sha256) select distinct unnest(${outputs.map(({ sha256 }) => sha256)}::text[])
    where not exists (select from jobs where id = ${jobId})
    on conflict do nothing`.execute(db);
}
