import { Readable } from 'node:stream';
import { type Selectable, sql, type Updateable } from 'kysely';
import type { Logger } from 'pino';
import type { Database } from '#database/schema.ts';
import type { TenantDatabase } from '#database/tenant-database.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError, isErrorCode } from '#kernel/errors.ts';
import { failpoint } from '#kernel/failpoints.ts';
import { isId, newId } from '#kernel/ids.ts';
import { formatBytes } from '#kernel/units.ts';
import type { Locks } from '#locks/locks.ts';
import type { Assets } from '../asset.ts';
import { displayName } from '../display-name.ts';
import { offsetConflict, tusEngine, uploadNotFound } from './tus-engine.ts';
import type { BeginUpload, PartialUpload, PartialUploads, Piece } from './upload.ts';
import type { UploadIndex } from './upload-index.ts';
import type { UploadStore } from './upload-store.ts';
import { withVerified } from './verified-piece.ts';

export interface UploadServiceOptions {
  readonly tenantDb: TenantDatabase;
  readonly index: UploadIndex;
  readonly assets: Assets;
  readonly store: UploadStore;
  readonly locks: Locks;
  /** Exists; for what is verified before it counts. */
  readonly scratchDir: string;
  readonly maxUploadBytes: number;
  /** How long an upload may take; what became of it is known for a day longer. */
  readonly ttlMs: number;
  readonly log: Pick<Logger, 'warn'>;
}

type Row = Selectable<Database['uploads']>;

/** Rows and empty files that one tenant may have lying about. */
const maxUnfinished = 1_000;
const collectAtOnce = 100;

/**
 * Uploads in pieces: the row says whose it is and what became of it, the store has the bytes, the library writes them.
 *
 * The asset has the upload's id, so finishing can be begun again anywhere, by anybody, and gives one asset.
 */
export function createUploads(options: UploadServiceOptions): PartialUploads {
  const { tenantDb, index, assets, store, locks, scratchDir, maxUploadBytes, ttlMs, log } = options;
  const tus = tusEngine({ store, locks, maxUploadBytes, onComplete: complete });

  function find(tenantId: string, id: string): Promise<Row | undefined> {
    return tenantDb.run(tenantId, (trx) =>
      trx.selectFrom('uploads').selectAll().where('id', '=', id).where('tenant_id', '=', tenantId).executeTakeFirst(),
    );
  }

  async function own({ tenantId }: Actor, id: string): Promise<Row> {
    const row = isId(id) ? await find(tenantId, id) : undefined;
    if (row === undefined) throw uploadNotFound();
    if (row.finished_at === null && row.expires_at.getTime() < Date.now()) throw expired();
    return row;
  }

  async function complete(id: string, sizeBytes: number): Promise<void> {
    failpoint('upload-whole');
    const lock = await locks.acquire(id, {});
    try {
      const tenantId = await index.tenantOf(id);
      const row = tenantId === undefined ? undefined : await find(tenantId, id);
      if (row === undefined) throw uploadNotFound();
      if (row.finished_at !== null) return throwRefusal(row);
      try {
        // Not every store has a file where nothing was written.
        const body = Readable.from(sizeBytes === 0 ? [] : whole(await store.read(id), sizeBytes));
        await assets.receive({ tenantId: row.tenant_id, userId: row.owner_id }, body, row.name, id);
      } catch (error) {
        if (isRefusal(error)) await finish(row.tenant_id, id, { error_code: error.code, error_detail: error.detail });
        throw error;
      }
      failpoint('upload-kept');
      await finish(row.tenant_id, id, { size_bytes: sizeBytes });
    } finally {
      await lock.release();
    }
  }

  async function change(tenantId: string, id: string, values: Updateable<Database['uploads']>): Promise<void> {
    await tenantDb.run(tenantId, (trx) =>
      trx.updateTable('uploads').set(values).where('id', '=', id).where('tenant_id', '=', tenantId).execute(),
    );
  }

  async function finish(tenantId: string, id: string, values: Partial<Row>): Promise<void> {
    await change(tenantId, id, { ...values, finished_at: new Date() });
    // Should this fail, it is collected with the row.
    await store.discard(id).catch((err: unknown) => log.warn({ err, upload: id }, 'an upload could not be removed'));
  }

  async function refuseTooMany({ tenantId }: Actor): Promise<void> {
    const { count } = await tenantDb.run(tenantId, (trx) =>
      trx
        .selectFrom('uploads')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('tenant_id', '=', tenantId)
        .where('finished_at', 'is', null)
        .executeTakeFirstOrThrow(),
    );
    if (count < maxUnfinished) return;
    const detail = `${maxUnfinished} uploads have been begun and not finished. Finish or remove some.`;
    throw new AppError('TOO_MANY_UPLOADS', detail);
  }

  async function begin(actor: Actor, { sizeBytes, name, metadata, piece }: BeginUpload): Promise<PartialUpload> {
    refuseTooLarge(sizeBytes, maxUploadBytes);
    await refuseTooMany(actor);
    const id = newId();
    const values = {
      id,
      tenant_id: actor.tenantId,
      owner_id: actor.userId,
      size_bytes: sizeBytes,
      name: displayName(name),
      metadata,
      expires_at: sql<Date>`now() + ${ttlMs}::float8 * interval '1 millisecond'`,
    };
    const row = await tenantDb.run(actor.tenantId, (trx) =>
      trx.insertInto('uploads').values(values).returningAll().executeTakeFirstOrThrow(),
    );
    try {
      const offset = await tus.create(id, sizeBytes, piece);
      return stateOf(row, offset, offset === sizeBytes);
    } catch (error) {
      // Nobody will ever hear of its id.
      await discard(actor.tenantId, id);
      throw error;
    }
  }

  async function get(actor: Actor, id: string): Promise<PartialUpload> {
    const row = await own(actor, id);
    if (row.finished_at !== null) return finished(row);
    const stand = await tus.stand(id).catch((error: unknown) => doneMeanwhile(actor, id, error));
    if ('id' in stand) return stand;
    if (stand.offset !== stand.sizeBytes) return stateOf(row, stand.offset, false, stand.sizeBytes);
    // Whoever was to finish it died. An empty piece makes the library do so.
    await tus.append(id, stand.offset, { body: Readable.from([]), lengthBytes: 0 });
    return stateOf(row, stand.offset, true, stand.sizeBytes);
  }

  /** The library does not know uploads that are finished. @throws AppError why it was refused; or the error itself */
  async function doneMeanwhile({ tenantId }: Actor, id: string, error: unknown): Promise<PartialUpload> {
    const row = await find(tenantId, id);
    if (row === undefined || row.finished_at === null) throw error;
    return finished(row);
  }

  async function append(actor: Actor, id: string, offset: number, piece: Piece): Promise<PartialUpload> {
    const row = await own(actor, id);
    if (row.finished_at !== null) return repeated(finished(row), offset, piece);
    refuseTooLarge(piece.sizeBytes ?? null, maxUploadBytes);
    const sizeBytes = piece.sizeBytes ?? row.size_bytes;
    const { checksum } = piece;
    const adding =
      checksum === undefined
        ? tus.append(id, offset, piece)
        : withVerified({ ...piece, checksum }, scratchDir, maxUploadBytes, (kept) => tus.append(id, offset, kept));
    const newOffset = await adding.catch((error: unknown) => doneMeanwhile(actor, id, error));
    if (typeof newOffset !== 'number') return repeated(newOffset, offset, piece);
    if (row.size_bytes === null && sizeBytes !== null) {
      await change(actor.tenantId, id, { size_bytes: sizeBytes });
    }
    return stateOf(row, newOffset, newOffset === sizeBytes, sizeBytes);
  }

  async function discard(tenantId: string, id: string): Promise<void> {
    await store.discard(id);
    await tenantDb.run(tenantId, (trx) =>
      trx.deleteFrom('uploads').where('id', '=', id).where('tenant_id', '=', tenantId).execute(),
    );
  }

  async function remove(actor: Actor, id: string): Promise<void> {
    await own(actor, id);
    const lock = await locks.acquire(id, {});
    try {
      await discard(actor.tenantId, id);
    } finally {
      await lock.release();
    }
  }

  async function collect(): Promise<number> {
    const late = await index.late(collectAtOnce);
    for (const { id, tenantId, isFinished } of late) {
      const lock = await locks.acquire(id, { waitMs: 0 }).catch(() => undefined);
      if (lock === undefined) continue; // somebody still sends; next time
      const { code, detail } = expired();
      if (isFinished) await discard(tenantId, id);
      else await finish(tenantId, id, { error_code: code, error_detail: detail });
      await lock.release();
    }
    return late.length;
  }

  return { begin, get, append, remove, collect, extensions: store.extensions };
}

function stateOf(row: Row, offset: number, isFinished: boolean, sizeBytes = row.size_bytes): PartialUpload {
  const { id, metadata, expires_at: expiresAt } = row;
  return { id, sizeBytes, offset, metadata, expiresAt, assetId: isFinished ? id : null };
}

/** @throws AppError why it was refused, if it was */
function finished(row: Row): PartialUpload {
  throwRefusal(row);
  return stateOf(row, row.size_bytes ?? 0, true);
}

/** A piece for an upload that is finished: nothing, at its end. */
function repeated(done: PartialUpload, offset: number, { lengthBytes }: Piece): PartialUpload {
  if (offset !== done.offset) throw offsetConflict(done.offset);
  if (lengthBytes !== 0) throw beyondEnd();
  return done;
}

function throwRefusal({ error_code: code, error_detail: detail }: Row): void {
  if (isErrorCode(code)) throw new AppError(code, detail ?? '');
}

/** Whether the file itself is at fault: then it would be refused again. */
function isRefusal(error: unknown): error is AppError {
  return error instanceof AppError && error.status < 500 && error.code !== 'UPLOAD_INTERRUPTED';
}

/** What comes from afar may end too early without saying so. */
async function* whole(body: Readable, sizeBytes: number): AsyncGenerator<Buffer> {
  let readBytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    readBytes += chunk.length;
    yield chunk;
  }
  if (readBytes === sizeBytes) return;
  throw new AppError('OBJECT_CORRUPT', `Of ${sizeBytes} bytes that arrived, ${readBytes} could be read. Try again.`);
}

function refuseTooLarge(sizeBytes: number | null, limitBytes: number): void {
  if (sizeBytes === null || sizeBytes <= limitBytes) return;
  const detail = `The upload is larger than ${formatBytes(limitBytes)}, the limit here.`;
  throw new AppError('UPLOAD_TOO_LARGE', detail, { extensions: { limitBytes } });
}

function beyondEnd(): AppError {
  return new AppError('UPLOAD_TOO_LARGE', 'The upload is finished; there is nothing to add.');
}

function expired(): AppError {
  return new AppError('UPLOAD_EXPIRED', 'The upload was not finished in time and is removed. Begin a new one.');
}
