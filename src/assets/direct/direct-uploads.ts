import { createHash } from 'node:crypto';
import { pipeline, Transform } from 'node:stream';
import type { Transaction } from 'kysely';
import type { Database } from '#database/schema.ts';
import type { TenantDatabase } from '#database/tenant-database.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError, type ErrorCode } from '#kernel/errors.ts';
import { isId, newId } from '#kernel/ids.ts';
import { formatBytes } from '#kernel/units.ts';
import type { DirectAccess } from '#storage/direct-access.ts';
import type { Assets } from '../asset.ts';
import { displayName } from '../display-name.ts';
import type { DirectUploads } from './direct-upload.ts';

export interface DirectUploadOptions {
  readonly tenantDb: TenantDatabase;
  readonly assets: Assets;
  /** Undefined: files stay on this machine, where no client can reach them. */
  readonly direct: DirectAccess | undefined;
  readonly maxUploadBytes: number;
  readonly ttlMs?: number;
}

const hourMs = 3_600_000;
/** Of one tenant, not completed yet. */
const maxPending = 1_000;

/** What the file is, not how it came here: sending it again changes nothing. */
const lasting = new Set<ErrorCode>([
  'UPLOAD_MISMATCH',
  'UPLOAD_TOO_LARGE',
  'EMPTY_FILE',
  'UNSUPPORTED_MEDIA_TYPE',
  'MEDIA_INVALID',
  'PIXEL_LIMIT',
  'FRAME_LIMIT',
  'DURATION_LIMIT',
]);

export function createDirectUploads(options: DirectUploadOptions): DirectUploads {
  const { tenantDb, assets, maxUploadBytes, ttlMs = hourMs } = options;

  function reachable(): DirectAccess {
    if (options.direct === undefined) throw notHere();
    return options.direct;
  }

  async function receive(direct: DirectAccess, actor: Actor, id: string, announced: Announced) {
    const staged = await direct.openStaged(id);
    if (staged === undefined) return undefined;
    try {
      if (staged.sizeBytes !== announced.sizeBytes) {
        throw mismatch(`has ${staged.sizeBytes} bytes; ${announced.sizeBytes} were announced`);
      }
      const body = sameAs(announced.sha256);
      // Whoever reads the body meets the error.
      pipeline(staged.body, body, () => {});
      return await assets.receive(actor, body, announced.name, id);
    } catch (error) {
      if (error instanceof AppError && lasting.has(error.code)) await direct.removeStaged(id);
      throw error;
    } finally {
      staged.body.destroy();
    }
  }

  return {
    async begin(actor, { name, mediaType, sizeBytes, sha256 }) {
      const direct = reachable();
      if (sizeBytes === 0) throw new AppError('EMPTY_FILE', 'The file has no content. Choose another one.');
      if (sizeBytes > maxUploadBytes) throw tooLarge(maxUploadBytes);
      await tenantDb.run(actor.tenantId, (trx) => checkRoom(trx, actor));
      const id = newId();
      const expiresAt = new Date(Date.now() + ttlMs);
      const expiresInSeconds = Math.ceil(ttlMs / 1_000);
      const request = await direct.stagingUrl(id, { sizeBytes, mediaType, expiresInSeconds });
      // The row before the address: a file without a row is nobody's, and is removed.
      const row = {
        id,
        tenant_id: actor.tenantId,
        owner_id: actor.userId,
        sha256,
        size_bytes: sizeBytes,
        name: displayName(name),
        expires_at: expiresAt,
      };
      await tenantDb.run(actor.tenantId, (trx) => trx.insertInto('pending_uploads').values(row).execute());
      return { id, ...request, expiresAt };
    },

    async complete(actor, id) {
      const direct = reachable();
      const row = isId(id) ? await tenantDb.run(actor.tenantId, (trx) => pendingUpload(trx, actor, id)) : undefined;
      if (row === undefined) return await completed(assets, actor, id);
      if (row.expires_at.getTime() <= Date.now()) {
        throw new AppError('UPLOAD_EXPIRED', 'The time for this upload is over. Begin again with a new one.');
      }
      const announced = { name: row.name, sizeBytes: row.size_bytes, sha256: row.sha256 };
      const asset =
        (await receive(direct, actor, id, announced)) ?? (await completed(assets, actor, id).catch(() => undefined));
      if (asset === undefined) {
        const detail = 'The store does not have the file yet. Send it to the address that was given, then complete it.';
        throw new AppError('UPLOAD_INCOMPLETE', detail);
      }
      await tenantDb.run(actor.tenantId, (trx) =>
        trx.deleteFrom('pending_uploads').where('id', '=', id).where('tenant_id', '=', actor.tenantId).execute(),
      );
      // If this fails, collection does it.
      await direct.removeStaged(id).catch(() => {});
      return asset;
    },
  };
}

interface Announced {
  readonly name: string | null;
  readonly sizeBytes: number;
  readonly sha256: string;
}

function pendingUpload(trx: Transaction<Database>, actor: Actor, id: string) {
  return trx
    .selectFrom('pending_uploads')
    .select(['name', 'size_bytes', 'sha256', 'expires_at'])
    .where('id', '=', id)
    .where('tenant_id', '=', actor.tenantId)
    .executeTakeFirst();
}

/** The asset that an upload has become, under the same id. */
async function completed(assets: Assets, actor: Actor, id: string) {
  return await assets.get(actor, id).catch((error: unknown) => {
    if (!(error instanceof AppError && error.code === 'ASSET_NOT_FOUND')) throw error;
    const detail = 'There is no such upload. It may have been given up; begin with POST /v1/assets/presign.';
    throw new AppError('UPLOAD_NOT_FOUND', detail);
  });
}

async function checkRoom(trx: Transaction<Database>, actor: Actor): Promise<void> {
  const { count } = await trx
    .selectFrom('pending_uploads')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('tenant_id', '=', actor.tenantId)
    .where('expires_at', '>', new Date())
    .executeTakeFirstOrThrow();
  if (count < maxPending) return;
  const detail = `${count} uploads have begun and are not complete. Complete some, or wait until their time is over.`;
  throw new AppError('TOO_MANY_UPLOADS', detail);
}

/** Lets bytes through, and fails at their end when they are others than was said. */
function sameAs(sha256: string): Transform {
  const hash = createHash('sha256');
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      const found = hash.digest('hex');
      done(found === sha256 ? null : mismatch(`has the SHA-256 ${found}; ${sha256} was announced`));
    },
  });
}

function mismatch(what: string): AppError {
  return new AppError(
    'UPLOAD_MISMATCH',
    `The file that arrived ${what}. It was removed; send the right one, or begin again.`,
  );
}

function tooLarge(maxBytes: number): AppError {
  const detail = `The file is larger than ${formatBytes(maxBytes)}, the limit here. Choose a smaller one.`;
  return new AppError('UPLOAD_TOO_LARGE', detail, { extensions: { limitBytes: maxBytes } });
}

function notHere(): AppError {
  return new AppError(
    'DIRECT_UPLOAD_UNAVAILABLE',
    'This server keeps files itself. Send the file to POST /v1/assets, or in pieces to /v1/uploads.',
  );
}
