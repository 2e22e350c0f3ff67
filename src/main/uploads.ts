import { join } from 'node:path';
import type { Assets } from '#assets/asset.ts';
import type { PartialUploads } from '#assets/uploads/upload.ts';
import type { UploadStore } from '#assets/uploads/upload-store.ts';
import type { Config } from '#config.ts';
import { every } from '#jobs/every.ts';
import type { Locks } from '#locks/locks.ts';
import { notWritable } from './data-folder.ts';
import type { Parts } from './parts.ts';

const collectMs = 5 * 60_000;

/** Uploads in pieces: where their bytes wait, who may write them, and who removes what was given up. */
export async function openUploads(
  parts: Parts,
  assets: Assets,
  scratchDir: string,
  opened: AsyncDisposableStack,
): Promise<PartialUploads> {
  const { config, log, engines } = parts;
  const [{ createUploads }, { uploadIndex }, store, locks] = await Promise.all([
    import('#assets/uploads/upload-service.ts'),
    import('#assets/uploads/upload-index.ts'),
    openUploadStore(config),
    openLocks(parts),
  ]);
  opened.defer(() => locks.close());
  const { db, tenantDb } = engines.database;
  const { maxUploadBytes, uploadTtlMs: ttlMs } = config;
  const uploads = createUploads({
    tenantDb,
    index: uploadIndex(db),
    assets,
    store,
    locks,
    scratchDir,
    maxUploadBytes,
    ttlMs,
    log,
  });
  const collector = every(
    collectMs,
    async () => void (await uploads.collect()),
    (err) => log.warn({ err }, 'uploads that were given up could not be removed; trying again'),
  );
  opened.defer(() => collector.close());
  return uploads;
}

/** Where their bytes wait. */
export async function openUploadStore({ dataDir, s3 }: Config): Promise<UploadStore> {
  if (s3 !== undefined) {
    const { s3UploadStore } = await import('#assets/drivers/s3/s3-upload-store.ts');
    const { bucket, prefix, endpoint, region, credentials, forcePathStyle, checksums } = s3;
    const sums = checksums === 'when-supported' ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED';
    return s3UploadStore({
      bucket,
      prefix: `${prefix}uploads/`,
      client: {
        region,
        forcePathStyle,
        requestChecksumCalculation: sums,
        responseChecksumValidation: sums,
        ...(endpoint !== undefined && { endpoint }),
        ...(credentials !== undefined && { credentials }),
        requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
      },
    });
  }
  const { openLocalUploadStore } = await import('#assets/drivers/local/local-upload-store.ts');
  return openLocalUploadStore(join(dataDir, 'uploads', 'tus')).catch(notWritable);
}

async function openLocks({ config, engines, log }: Parts): Promise<Locks> {
  const { database, fanOut } = engines;
  const onError = (error: unknown): void => log.warn({ err: error }, 'a lock of an upload');
  if (config.redisUrl !== undefined) {
    const { openRedisLocks } = await import('#locks/drivers/redis/redis-locks.ts');
    return openRedisLocks({ url: config.redisUrl, fanOut, onError });
  }
  if (database.driver === 'postgres') {
    const { postgresLocks } = await import('#locks/drivers/postgres/postgres-locks.ts');
    return postgresLocks({ db: database.db, fanOut, onError });
  }
  const { memoryLocks } = await import('#locks/drivers/memory/memory-locks.ts');
  return memoryLocks(fanOut);
}
