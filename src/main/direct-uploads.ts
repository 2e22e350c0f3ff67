import type { Assets } from '#assets/asset.ts';
import type { DirectUploads } from '#assets/direct/direct-upload.ts';
import { every } from '#jobs/every.ts';
import type { Parts } from './parts.ts';

const collectMs = 10 * 60_000;

/** Uploads that clients send to the object store by themselves; what is not completed is removed. */
export async function openDirectUploads(
  { config, log, engines }: Parts,
  assets: Assets,
  opened: AsyncDisposableStack,
): Promise<DirectUploads> {
  const [{ createDirectUploads }, { collectStaged }] = await Promise.all([
    import('#assets/direct/direct-uploads.ts'),
    import('#assets/direct/collect-staged.ts'),
  ]);
  const { database, direct } = engines;
  const uploads = createDirectUploads({
    tenantDb: database.tenantDb,
    assets,
    direct,
    maxUploadBytes: config.maxUploadBytes,
  });
  const collector = every(
    collectMs,
    async () => void (await collectStaged(database.db, direct)),
    (err) => log.warn({ err }, 'uploads that were not completed could not be removed; trying again'),
  );
  opened.defer(() => collector.close());
  return uploads;
}
