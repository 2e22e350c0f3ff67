import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Kysely, sql } from 'kysely';
import { ZipFile } from 'yazl';
import type { AuditLog } from '#audit/audit.ts';
import type { Database } from '#database/schema.ts';
import { AppError } from '#kernel/errors.ts';
import type { ObjectStore } from '#storage/object-store.ts';
import { type OwnedTable, ownedTables, type Whose } from './data-map.ts';
import type { Scope } from './privacy.ts';
import { readme } from './readme.ts';

export interface ArchiveDeps {
  readonly db: Kysely<Database>;
  readonly store: ObjectStore;
  readonly audit: AuditLog;
}

const rowsAtOnce = 500;

/**
 * Writes a ZIP of all that is theirs: rows as JSON, files as they came and as they were made. Only some rows and one file are
 * in memory at a time; of each file, its name.
 *
 * @param path of the file to write
 * @returns what was written
 */
export async function writeArchive(
  deps: ArchiveDeps,
  scope: Scope,
  whose: Whose,
  path: string,
): Promise<{ sha256: string; sizeBytes: number }> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const add = (name: string, open: () => Promise<Readable>, compress: boolean): void => {
    zip.addReadStreamLazy(name, { compress, mode: 0o100644 }, (give) => {
      open().then(
        (stream) =>
          give(
            null,
            stream.on('error', (error) => output.destroy(error)),
          ),
        (error: Error) => output.destroy(error),
      );
    });
  };
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      done(null, chunk);
    },
  });
  const written = pipeline(output, measure, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  const filling = (async () => {
    zip.addBuffer(Buffer.from(readme(scope, new Date())), 'README.txt');
    for (const owned of ownedTables) {
      const where = scope === 'tenant' ? owned.tenant : owned.person;
      if (owned.hidden === 'all' || where === undefined) continue;
      add(`data/${owned.table}.json`, async () => jsonOf(rowsOf(deps.db, owned, where(whose))), true);
    }
    add('data/acts.json', async () => jsonOf(actsOf(deps.audit, scope, whose)), true);
    for await (const { name, sha256 } of filesOf(deps.db, scope, whose)) {
      add(name, () => openFile(deps.store, sha256), false);
    }
    zip.end();
  })().catch((error: unknown) => void output.destroy(error instanceof Error ? error : new Error(String(error))));
  await written;
  await filling;
  return { sha256: hash.digest('hex'), sizeBytes };
}

async function* rowsOf(
  db: Kysely<Database>,
  { table, key, hidden }: OwnedTable,
  where: ReturnType<NonNullable<OwnedTable['person']>>,
): AsyncGenerator<unknown> {
  const order = sql.join(key.map((name) => sql.ref(name)));
  for (let last: readonly unknown[] | undefined; ; ) {
    const after = last === undefined ? sql`true` : sql`(${order}) > (${sql.join(last)})`;
    const { rows } = await sql<Record<string, unknown>>`
      select * from ${sql.table(table)} where ${where} and ${after} order by ${order} limit ${rowsAtOnce}`.execute(db);
    for (const row of rows) {
      yield Object.fromEntries(Object.entries(row).filter(([name]) => !hidden.includes(name)));
    }
    const end = rows.at(-1);
    if (end === undefined || rows.length < rowsAtOnce) return;
    last = key.map((name) => end[name]);
  }
}

/** What stands on record: of a person, what they did; of a workspace, what was done there, not from where. */
async function* actsOf(audit: AuditLog, scope: Scope, { id, tenantIds }: Whose): AsyncGenerator<unknown> {
  for (const tenantId of scope === 'tenant' ? [id] : [null, ...tenantIds]) {
    for await (const { at, action, content } of audit.entries(tenantId, scope === 'tenant' ? {} : { by: id })) {
      const { by, origin, ...told } = content ?? {};
      const who = scope === 'tenant' ? { by: by && { kind: by.kind, id: by.userId } } : { origin };
      yield { at, action, ...told, ...who };
    }
  }
}

interface NamedFile {
  readonly name: string;
  readonly sha256: string;
}

/** What somebody uploaded, and what was made for them. */
async function* filesOf(db: Kysely<Database>, scope: Scope, { id }: Whose): AsyncGenerator<NamedFile> {
  const column = scope === 'tenant' ? 'tenant_id' : 'owner_id';
  for (let last = zeroId; ; ) {
    const assets = await db
      .selectFrom('assets')
      .select(['id', 'name', 'media_type', 'sha256'])
      .where(column, '=', id)
      .where('pipeline_id', 'is', null)
      .where('id', '>', last)
      .orderBy('id')
      .limit(rowsAtOnce)
      .execute();
    for (const { id: assetId, name, media_type, sha256 } of assets) {
      yield { name: `files/uploaded/${assetId}-${safe(name ?? `file.${extensionOf(media_type)}`)}`, sha256 };
    }
    last = assets.at(-1)?.id ?? zeroId;
    if (assets.length < rowsAtOnce) break;
  }
  for (let last = { job: zeroId, index: -1 }; ; ) {
    const outputs = await db
      .selectFrom('job_outputs')
      .innerJoin('jobs', 'jobs.id', 'job_outputs.job_id')
      .select(['job_outputs.job_id', 'job_outputs.index', 'job_outputs.media_type', 'job_outputs.sha256'])
      .where(`jobs.${column}`, '=', id)
      .where(sql<boolean>`(job_outputs.job_id, job_outputs.index) > (${last.job}, ${last.index})`)
      .orderBy('job_outputs.job_id')
      .orderBy('job_outputs.index')
      .limit(rowsAtOnce)
      .execute();
    for (const { job_id, index, media_type, sha256 } of outputs) {
      yield { name: `files/made/${job_id}-${index}.${extensionOf(media_type)}`, sha256 };
      last = { job: job_id, index };
    }
    if (outputs.length < rowsAtOnce) return;
  }
}

const zeroId = '00000000-0000-0000-0000-000000000000';

/** One that the store has lost, or that was collected meanwhile, is empty: better than no copy at all. */
async function openFile(store: ObjectStore, sha256: string): Promise<Readable> {
  try {
    return await store.read(sha256);
  } catch (error) {
    if (error instanceof AppError && error.code === 'OBJECT_NOT_FOUND') return Readable.from([]);
    throw error;
  }
}

function jsonOf(rows: AsyncIterable<unknown>): Readable {
  return Readable.from(linesOf(rows), { objectMode: false });
}

async function* linesOf(rows: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  let before = '[\n';
  for await (const row of rows) {
    yield Buffer.from(`${before}${JSON.stringify(row)}`);
    before = ',\n';
  }
  yield Buffer.from(before === '[\n' ? '[]\n' : '\n]\n');
}

/** Nothing that could lead out of the folder or be taken for something else. */
function safe(name: string): string {
  return (
    name
      .replace(/[^\p{L}\p{N}._-]+/gu, '_')
      .replace(/^\.+/, '')
      .slice(-100) || 'file'
  );
}

function extensionOf(mediaType: string): string {
  return (
    mediaType
      .split(/[/;+]/)[1]
      ?.replace(/^x-/, '')
      .replace(/[^a-z0-9]/g, '') || 'bin'
  );
}
