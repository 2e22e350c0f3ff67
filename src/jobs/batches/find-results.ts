import { sql } from 'kysely';
import type { Actor } from '#kernel/actor.ts';
import type { CreateJobDeps } from '../create-job.ts';

/** Looked at side by side: a store that is far away takes its time for each. */
const objectsAtOnce = 32;

/**
 * For each result that is known: the newest finished job that has it, if its bytes are all still there.
 *
 * @returns the job's id by the result's key
 */
export async function findResults(
  { tenantDb, store }: Pick<CreateJobDeps, 'tenantDb' | 'store'>,
  actor: Actor,
  resultKeys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const outputs = await tenantDb.run(actor.tenantId, (trx) =>
    trx
      .selectFrom((eb) =>
        eb
          .selectFrom('jobs')
          .distinctOn('result_key')
          .select(['id', 'result_key'])
          .where('tenant_id', '=', actor.tenantId)
          .where('result_key', '=', sql<string>`any(${[...new Set(resultKeys)]}::text[])`)
          .where('status', '=', 'succeeded')
          .orderBy('result_key')
          .orderBy('id', 'desc')
          .as('newest'),
      )
      .innerJoin('job_outputs', 'job_outputs.job_id', 'newest.id')
      .select(['newest.id', 'newest.result_key', 'job_outputs.sha256', 'job_outputs.size_bytes'])
      .execute(),
  );
  const sizes = new Map<string, number | undefined>();
  const hashes = [...new Set(outputs.map((output) => output.sha256))];
  for (let at = 0; at < hashes.length; at += objectsAtOnce) {
    const chunk = hashes.slice(at, at + objectsAtOnce);
    const found = await Promise.all(chunk.map((sha256) => store.sizeOf(sha256)));
    for (const [nth, sha256] of chunk.entries()) sizes.set(sha256, found[nth]);
  }
  const lost = new Set(
    outputs.filter(({ sha256, size_bytes }) => sizes.get(sha256) !== size_bytes).map((output) => output.id),
  );
  return new Map(outputs.filter(({ id }) => !lost.has(id)).map((output) => [output.result_key, output.id]));
}
