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
  const { createDirectUploads } = await import('#assets/direct/direct-uploads.ts');
  const { database, direct } = engines;
  const uploads = createDirectUploads({ db: database.db, assets, direct, maxUploadBytes: config.maxUploadBytes });
  const collector = every(
    collectMs,
    async () => void (await uploads.collect()),
    (err) => log.warn({ err }, 'uploads that were not completed could not be removed; trying again'),
  );
  opened.defer(() => collector.close());
  return uploads;
}
