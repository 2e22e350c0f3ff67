import { type Kysely, sql } from 'kysely';
import { grouped, groupedBy } from '#database/grouped.ts';
import type { Database } from '#database/schema.ts';
import type { TenantDatabase } from '#database/tenant-database.ts';
import type { Attempt, Reason } from './attempt.ts';
import type { JobOutput } from './job.ts';
import { type Draft, inputRowsOf, rowOf } from './job-draft.ts';
import type { JobRow, OutputRow } from './job-rows.ts';

/** What is done for every new job, on behalf of its tenant. The functions are those of migration 0009. */
export interface JobStatements {
  /** The newest finished job with this result. */
  findResult(wanted: ResultName): Promise<KnownResult | undefined>;
  /** @returns undefined when something changed meanwhile: an asset or the source is gone, or others were quicker */
  add(draft: Draft): Promise<JobRow | undefined>;
}

/** Ends attempts, of all tenants' jobs. */
export interface JobEndings {
  /** @returns the jobs that are now terminal, this one and its followers; none when the attempt is not current */
  end(ending: Ending): Promise<readonly string[]>;
}

export interface KnownResult {
  readonly jobId: string;
  readonly outputs: readonly OutputRow[];
}

export interface ResultName {
  readonly tenantId: string;
  readonly resultKey: string;
}

export interface Ending {
  readonly attempt: Attempt;
  readonly status: 'succeeded' | 'failed';
  readonly outputs: readonly JobOutput[];
  readonly reason: Reason | null;
}

/** One statement for each call. */
export function jobStatements(tenantDb: TenantDatabase): JobStatements {
  return {
    findResult: async (wanted) => (await findResults(tenantDb, wanted.tenantId, [wanted]))[0],
    add: async (draft) => (await addJobs(tenantDb, draft.actor.tenantId, [draft]))[0],
  };
}

/** For a process that does much at once: calls of one tenant that meet are one statement, and one commit. */
export function groupedJobStatements(tenantDb: TenantDatabase): JobStatements {
  return {
    findResult: groupedBy(
      (wanted: ResultName) => wanted.tenantId,
      (tenantId, items) => findResults(tenantDb, tenantId, items),
    ),
    add: groupedBy(
      (draft: Draft) => draft.actor.tenantId,
      (tenantId, items) => addJobs(tenantDb, tenantId, items),
    ),
  };
}

/** One statement for each call; for a transaction. */
export function jobEndings(db: Kysely<Database>): JobEndings {
  return { end: async (ending) => (await endJobs(db, [ending]))[0] ?? [] };
}

/** For a worker: attempts that end together are one statement. They are whoever's the worker has taken. */
export function groupedJobEndings(db: Kysely<Database>): JobEndings {
  return { end: grouped((items: readonly Ending[]) => endJobs(db, items)) };
}

async function findResults(
  tenantDb: TenantDatabase,
  tenantId: string,
  wanted: readonly ResultName[],
): Promise<(KnownResult | undefined)[]> {
  const statement = sql<Nullable<OutputRow> & { nth: number; found_id: string }>`
    select wanted.nth::int, newest.id as found_id, job_outputs.*
    from unnest(${wanted.map((each) => each.tenantId)}::uuid[], ${wanted.map((each) => each.resultKey)}::text[])
      with ordinality as wanted (tenant_id, result_key, nth)
    cross join lateral (
      select id from jobs
      where tenant_id = wanted.tenant_id and result_key = wanted.result_key and status = 'succeeded'
      order by id desc limit 1
    ) as newest
    left join job_outputs on job_outputs.job_id = newest.id
    order by job_outputs."index"`;
  const rows = await tenantDb.execute(tenantId, () => statement);
  return wanted.map((_, at) => {
    const own = rows.filter((row) => row.nth === at + 1);
    const [first] = own;
    return first && { jobId: first.found_id, outputs: own.filter((row) => row.job_id !== null) as OutputRow[] };
  });
}

type Nullable<T> = { [K in keyof T]: T[K] | null };

async function addJobs(
  tenantDb: TenantDatabase,
  tenantId: string,
  drafts: readonly Draft[],
): Promise<(JobRow | undefined)[]> {
  const items = inOrderOf(
    drafts.map((draft, nth) => ({
      nth,
      job: rowOf(draft),
      inputs: inputRowsOf(draft),
      assets: [...new Set(draft.assets.map((asset) => asset.id))],
      source: draft.sourceId ?? null,
      seen: draft.seenId ?? null,
    })),
    (item) => item.job.result_key,
  );
  const statement = sql<JobRow & { nth: number }>`
    select (item.body ->> 'nth')::int as nth, made.*
    from jsonb_array_elements(${JSON.stringify(items)}::jsonb) as item (body)
    cross join lateral add_job(item.body -> 'job', item.body -> 'inputs',
      array(select jsonb_array_elements_text(item.body -> 'assets'))::uuid[], (item.body ->> 'source')::uuid, (item.body ->> 'seen')::uuid) as made`;
  const rows = await tenantDb.execute(tenantId, () => statement);
  return drafts.map((_, at) => rows.find((row) => row.nth === at));
}

async function endJobs(db: Kysely<Database>, endings: readonly Ending[]): Promise<string[][]> {
  const items = inOrderOf(
    endings.map(({ attempt, status, outputs, reason }, nth) => ({
      nth,
      ...attempt,
      status,
      outputs: outputs.map(outputRow),
      ...reason,
    })),
    (item) => item.id,
  );
  const { rows } = await sql<{ nth: number; id: string }>`
    select (item.body ->> 'nth')::int as nth, ended as id
    from jsonb_array_elements(${JSON.stringify(items)}::jsonb) as item (body)
    cross join lateral end_job((item.body ->> 'id')::uuid, (item.body ->> 'attempt')::int, item.body ->> 'status',
      item.body -> 'outputs', item.body ->> 'code', item.body ->> 'detail') as ended`.execute(db);
  return endings.map((_, at) => rows.filter((row) => row.nth === at).map((row) => row.id));
}

/** Groups of several processes lock what they have in common in one order, so that none waits in a circle. */
function inOrderOf<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  return items.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0));
}

function outputRow({ index, mediaType, sizeBytes, sha256, data }: JobOutput) {
  return { index, media_type: mediaType, size_bytes: sizeBytes, sha256, data };
}
