import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { namedHosts } from '#assets/named-hosts.ts';
import type { Config } from '#config.ts';
import type { OwnWork } from '#jobs/run-attempt.ts';
import type { Parts } from './parts.ts';
import { openQuota } from './plans.ts';

/** Whose files may be fetched besides those on the public internet. */
export function fetchRules({ maxUploadBytes, importPrivateHosts }: Config) {
  return { maxBytes: maxUploadBytes, ...(importPrivateHosts.length > 0 && { named: namedHosts(importPrivateHosts) }) };
}

/** Work of the worker itself: fetching files from the web. */
export async function openImports(parts: Parts): Promise<ReadonlyMap<string, OwnWork>> {
  const [{ importAsset }, { importDeadlineMs, importProcessor }, { createAssets }] = await Promise.all([
    import('#assets/import/import-asset.ts'),
    import('#assets/import/import-processor.ts'),
    import('#assets/asset-service.ts'),
  ]);
  const { config, engines } = parts;
  const { database, store } = engines;
  const scratchDir = join(config.dataDir, 'uploads', 'importing');
  await mkdir(scratchDir, { recursive: true, mode: 0o700 });
  const assets = createAssets({
    tenantDb: database.tenantDb,
    store,
    scratchDir,
    limits: config,
    quota: openQuota(parts),
  });
  const timeoutMs = importDeadlineMs * config.deadlineFactor;
  const importing: OwnWork = async ({ id, tenantId, userId, params, signal }) => {
    const { url, name } = params as { url: string; name?: string };
    const request = { id, actor: { tenantId, userId }, url, name, signal, timeoutMs };
    const { mediaType, sizeBytes, sha256, ...asset } = await importAsset(assets, fetchRules(config), request);
    return [{ index: 0, mediaType, sizeBytes, sha256, data: { assetId: asset.id } }];
  };
  return new Map([[importProcessor.name, importing]]);
}
