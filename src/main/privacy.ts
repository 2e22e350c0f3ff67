import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { assetKey } from '#api/recent-images.ts';
import { every } from '#jobs/every.ts';
import { createLine } from '#jobs/line.ts';
import { eraseObjects } from '#privacy/erase-objects.ts';
import type { Privacy } from '#privacy/privacy.ts';
import { createPrivacy } from '#privacy/privacy-service.ts';
import { runErasures } from '#privacy/run-erasures.ts';
import { runExports } from '#privacy/run-exports.ts';
import { openAudit } from './audit.ts';
import { openPictureCache } from './cache.ts';
import type { Parts } from './parts.ts';
import { openUploadStore } from './uploads.ts';

const pollMs = 2_000;

/** For the API. */
export function openPrivacy(parts: Parts): Privacy {
  const { config, engines, plans } = parts;
  const { auditRetentionDays, erasureGraceMs } = config.privacy;
  const resultTtlSeconds = config.resultTtlMs === undefined ? null : config.resultTtlMs / 1_000;
  const audit = openAudit(parts);
  return createPrivacy({ db: engines.database.db, audit, plans, resultTtlSeconds, auditRetentionDays, erasureGraceMs });
}

/** Makes copies and erases, together with all other processes that work. */
export async function startPrivacy(parts: Parts, opened: AsyncDisposableStack): Promise<void> {
  const { config, log, engines } = parts;
  const { database, fanOut, store, direct } = engines;
  const { db } = database;
  const audit = openAudit(parts);
  const [uploads, cache] = await Promise.all([openUploadStore(config), openPictureCache(parts, opened)]);
  const line = createLine(fanOut);
  const objects = { db, store, dropCached: async (hashes: readonly string[]) => cache?.drop(hashes) };
  const deps = {
    ...objects,
    log,
    audit,
    localMode: config.auth !== 'accounts',
    onStopped: (ids: readonly string[]) => line.cancelled(ids),
    onAssetsGone: (ids: readonly string[]) => {
      if (ids.length > 0) fanOut.tell('cache-dropped', ids.map(assetKey));
      line.changed();
    },
    discardUpload: (id: string) => uploads.discard(id),
    discardStaged: async (id: string) => direct?.removeStaged(id),
    forget: (ids: readonly string[]) => fanOut.tell('access-changed', ids),
    async scrub() {
      if (database.driver !== 'pglite') return;
      const { scrub } = await import('#database/drivers/pglite/scrub.ts');
      await scrub(db);
    },
  };
  const erasing = every(
    pollMs,
    async () => {
      await runErasures(deps);
      await eraseObjects(objects);
    },
    (err) => log.warn({ err }, 'an erasure did not come to its end; trying again'),
  );
  opened.defer(() => erasing.close());
  const scratchDir = join(config.dataDir, 'exports');
  // What a killed process had written in part; nobody else may be writing there.
  if (database.driver === 'pglite') await rm(scratchDir, { recursive: true, force: true });
  const exporting = every(
    pollMs,
    async () => void (await runExports({ db, store, audit, scratchDir, log })),
    (err) => log.warn({ err }, 'copies of data could not be looked after; trying again'),
  );
  opened.defer(() => exporting.close());
}
