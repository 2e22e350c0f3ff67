import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createAccounts, noPeople } from '#accounts/accounts.ts';
import { localAccess } from '#accounts/local-access.ts';
import type { Api, AppConfig, AppDeps } from '#api/deps.ts';
import type { Redirects } from '#api/object-response.ts';
import type { SigningKeys } from '#api/url-signature.ts';
import type { Config } from '#config.ts';
import type { OpenDatabase } from '#database/database.ts';
import { sharedSecret } from '#database/secrets.ts';
import { EventHub } from '#events/event-hub.ts';
import { createBatchService } from '#jobs/batches/batch-service.ts';
import { findOutput } from '#jobs/find-output.ts';
import { createJobService } from '#jobs/job-service.ts';
import { unfinishedJobs } from '#jobs/job-watcher.ts';
import { openShare } from '#jobs/shares/open-share.ts';
import { createShareService } from '#jobs/shares/share-service.ts';
import { makeFolder } from '#kernel/folders.ts';
import { listModels } from '#models/installed-models.ts';
import { createHealth } from '#observability/health.ts';
import { createLogger } from '#observability/logger.ts';
import { createMetrics } from '#observability/metrics.ts';
import { loadProcessors } from '#processors/registry.ts';
import { createTemplates } from '#templates/template-service.ts';
import { accessDeps } from './access-deps.ts';
import { offerAdminDoor } from './admin-door.ts';
import { openAudit } from './audit.ts';
import { openPictures } from './cache.ts';
import { cannotListen } from './cannot-listen.ts';
import { notWritable } from './data-folder.ts';
import { openDirectUploads } from './direct-uploads.ts';
import { fetchRules } from './imports.ts';
import { openLimits } from './limits.ts';
import type { Parts } from './parts.ts';
import { openPeople } from './people.ts';
import { openPipelines } from './pipelines.ts';
import { openPlanCatalog, openQuota, openUsage } from './plans.ts';
import { openPrivacy } from './privacy.ts';
import { openSchedules } from './schedules.ts';
import { openUploads } from './uploads.ts';
import { openWebhooks } from './webhooks.ts';

/** The document that describes the API, without starting anything. */
export async function openApiDocument(): Promise<unknown> {
  const { createApp } = await import('#api/app.ts');
  const unused = {} as never;
  const api = await createApp({
    jobs: unused,
    batches: unused,
    pipelines: unused,
    templates: unused,
    webhooks: unused,
    schedules: unused,
    shares: unused,
    assets: unused,
    fanOut: { tell: () => {}, on: () => () => {} },
    events: { size: 0, checkRoom: unused, open: unused, close: () => {} },
    uploads: { extensions: [] } as never,
    directUploads: unused,
    fetchUrl: unused,
    checkUrl: unused,
    store: unused,
    pictures: unused,
    redirects: undefined,
    findAsset: unused,
    findOutput: unused,
    openShare: unused,
    health: createHealth([]),
    line: unused,
    metrics: createMetrics(),
    processors: (await loadProcessors()).list(),
    models: unused,
    access: unused,
    accounts: unused,
    people: unused,
    signIn: undefined,
    limits: {
      requests: unused,
      signIn: unused,
      modes: unused,
      metrics: unused,
      pressure: { reason: undefined, close() {} },
    },
    audit: unused,
    privacy: unused,
    plans: unused,
    planCatalog: unused,
    usage: unused,
    quota: unused,
    signingKeys: unused,
    logger: createLogger({ level: 'silent' }),
    config: { version, studioDir, maxUploadBytes: 0, localMode: true, corsOrigins: [], trustProxy: false },
  });
  const document = api.swagger();
  await api.close();
  return document;
}

/** @returns the address it answers at */
export async function startApi(parts: Parts, opened: AsyncDisposableStack): Promise<string> {
  const { config, engines } = parts;
  const app = await openApi(parts, opened, true);
  const address = await app
    .listen({ host: config.host, port: config.port, ...(config.reusePort && { reusePort: true }) })
    .catch((error) => cannotListen(error, config));
  engines.lock?.announce(address);
  if (engines.lock !== undefined) await offerAdminDoor(parts, opened);
  return address;
}

/**
 * The API with all that is behind it, which listens to nobody yet.
 *
 * @param listens whether it will
 */
export async function openApi(parts: Parts, opened: AsyncDisposableStack, listens: boolean): Promise<Api> {
  const { config, log, engines, processors, madeElsewhere, metrics, health } = parts;
  const { database, fanOut, store } = engines;
  const { db, tenantDb } = database;
  const [{ createApp }, { createAssets }, { findAsset }, { checkUrl, fetchUrl }] = await Promise.all([
    import('#api/app.ts'),
    import('#assets/asset-service.ts'),
    import('#assets/find-asset.ts'),
    import('#assets/fetch-url.ts'),
  ]);
  const scratchDir = join(config.dataDir, 'uploads', 'arriving');
  // What a killed process had received in part; nobody else may be writing there.
  if (database.driver === 'pglite') await rm(scratchDir, { recursive: true, force: true });
  await makeFolder(scratchDir).catch(notWritable);
  const maxJobMemoryBytes = config.workerMemoryBytes;
  const unfinished = unfinishedJobs(db);
  const line = {
    tenantDb,
    unfinished,
    store,
    fanOut,
    processors,
    madeElsewhere,
    log,
    metrics: metrics.jobs,
    maxJobMemoryBytes,
  };
  const jobs = createJobService(line);
  opened.defer(async () => jobs.close());
  const events = new EventHub(
    { db, tenantDb, fanOut, log },
    { maxStreams: config.maxEventStreams, maxStreamsPerUser: config.maxEventStreamsPerUser },
  );
  opened.defer(async () => events.close());
  metrics.watchStreams(() => events.size);
  const quota = openQuota(parts);
  const assets = createAssets({ tenantDb, store, scratchDir, limits: config, quota });
  const rules = fetchRules(config);
  const { limits, limited } = await openLimits(parts, openAudit(parts), opened);
  const who = config.auth === 'accounts' ? await openSignIn(parts, opened) : undefined;
  const accounts = createAccounts(accessDeps(parts), who?.identity ?? noPeople, who?.sendInvitation);
  const deps: AppDeps = {
    ...limited({ jobs, batches: createBatchService(line), pipelines: openPipelines(parts) }),
    templates: createTemplates({ tenantDb }),
    webhooks: openWebhooks(parts),
    schedules: openSchedules(parts, opened),
    shares: createShareService({ tenantDb }),
    assets,
    events,
    fanOut,
    uploads: await openUploads(parts, assets, scratchDir, opened),
    directUploads: await openDirectUploads(parts, assets, opened),
    fetchUrl: (url, signal) => fetchUrl(url, { ...rules, signal }),
    checkUrl: (url) => void checkUrl(url, rules),
    store,
    pictures: await openPictures(parts, opened),
    redirects: redirectsOf(parts),
    findAsset: (id) => findAsset(db, id),
    findOutput: (jobId, index) => findOutput(db, jobId, index),
    openShare: (id) => openShare(db, id),
    processors: processors.list(),
    models: () => listModels(join(config.dataDir, 'models'), processors.list()),
    health,
    line: parts.line,
    metrics,
    access: who?.access ?? localAccess,
    accounts,
    people: who?.people ?? openPeople(parts),
    signIn: await who?.signIn(accounts, listens),
    limits,
    audit: openAudit(parts),
    privacy: openPrivacy(parts),
    plans: parts.plans,
    planCatalog: openPlanCatalog(parts),
    usage: openUsage(parts),
    quota,
    signingKeys: await signingKeys(config, db),
    logger: log,
    config: appConfig(config),
  };
  const app = await createApp(deps);
  opened.defer(() => app.close());
  return app;
}

/** Loaded only where people sign in: what it stands on takes its time to load. */
async function openSignIn(parts: Parts, opened: AsyncDisposableStack) {
  const [{ openIdentity }, { openAccess }] = await Promise.all([import('./identity.ts'), import('./access.ts')]);
  const who = await openIdentity(parts, opened);
  return { ...who, access: openAccess(parts, who.identity, opened) };
}

function redirectsOf({ config, engines }: Parts): Redirects | undefined {
  const aboveBytes = config.s3?.redirectAboveBytes;
  return engines.direct && aboveBytes !== undefined ? { direct: engines.direct, aboveBytes } : undefined;
}

async function signingKeys(
  { urlSigningKeys: [first, ...others] }: Config,
  db: OpenDatabase['db'],
): Promise<SigningKeys> {
  if (first === undefined) return [await sharedSecret(db, 'url-signing')];
  return [Buffer.from(first), ...others.map((key) => Buffer.from(key))];
}

function appConfig(config: Config): AppConfig {
  const { maxUploadBytes, publicUrl, corsOrigins, trustedProxies, regions } = config;
  const trustProxy = trustedProxies.length > 0 && [...trustedProxies];
  return {
    version,
    studioDir,
    maxUploadBytes,
    localMode: config.auth === 'local',
    signsIn: !['local', 'proxy'].includes(config.auth),
    proxySecrets: config.proxySecrets,
    publicUrl,
    corsOrigins,
    trustProxy,
    regions,
  };
}

/** What the build of the studio writes. */
const studioDir = join(import.meta.dirname, '..', '..', 'web', 'dist');

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
