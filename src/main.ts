import { realpath, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { AppConfig, AppDeps } from '#api/deps.ts';
import type { SigningKeys } from '#api/url-signature.ts';
import type { Config, CutoutProviderConfig } from '#config.ts';
import type { DataDirLock } from '#database/data-dir-lock.ts';
import type { OpenDatabase } from '#database/database.ts';
import type { PGliteDatabase } from '#database/drivers/pglite/pglite-database.ts';
import { localTenantId, localUserId } from '#database/local-tenant.ts';
import { sharedSecret } from '#database/secrets.ts';
import { createBatchService } from '#jobs/batches/batch-service.ts';
import { startCollector } from '#jobs/collector.ts';
import type { JobQueue } from '#jobs/job-queue.ts';
import { createJobService } from '#jobs/job-service.ts';
import { createJobSignals, type JobSignals } from '#jobs/job-signals.ts';
import { startReconciler } from '#jobs/reconciler.ts';
import { startWorker } from '#jobs/worker.ts';
import { AppError } from '#kernel/errors.ts';
import { armFailpoint } from '#kernel/failpoints.ts';
import { makeFolder } from '#kernel/folders.ts';
import { listModels } from '#models/installed-models.ts';
import {
  databaseCheck,
  diskCheck,
  memoryCheck,
  queueCheck,
  sandboxCheck,
  storageCheck,
} from '#observability/checks.ts';
import { createHealth, type HealthCheck } from '#observability/health.ts';
import { createLogger } from '#observability/logger.ts';
import { createMetrics, type Metrics } from '#observability/metrics.ts';
import { loadProcessors, type ProcessorRegistry, processorModuleUrl, withModels } from '#processors/registry.ts';
import { modelsIn } from '#processors/shared/models/model-folder.ts';
import type { MaskProvider } from '#providers/mask-provider.ts';
import { sandboxLimits } from '#sandbox/limits.ts';
import { createNeeds, type Substitute } from '#sandbox/needs.ts';
import { createSandbox } from '#sandbox/process-sandbox.ts';
import type { Sandbox } from '#sandbox/sandbox.ts';
import type { ObjectStore } from '#storage/object-store.ts';
import { createTemplates } from '#templates/template-service.ts';

export interface RunningServer {
  /** Where it answers; undefined for a worker, which listens to nobody. */
  readonly address: string | undefined;
  /** Stops in order: readiness, connections, running jobs (within the grace), children, queue, database, lock. */
  close(): Promise<void>;
}

/** What keeps things, open. */
export interface Engines {
  readonly database: OpenDatabase;
  readonly queue: JobQueue;
  readonly store: ObjectStore;
  /** Only the embedded database needs the data folder for itself. */
  readonly lock: DataDirLock | undefined;
}

/** How long a worker may be silent before its jobs are given to another. */
const leaseMs = 30_000;
const reconcileMs = 5_000;
const collectMs = 10 * 60_000;
/** Longer than any upload or job takes from its bytes to its row. */
const minAgeMs = 24 * 3_600_000;
const forEverMs = 100 * 365 * 24 * 3_600_000;

/**
 * Puts the rooms together as the configuration says, and starts what the role asks for.
 *
 * @param processorsDir where the processors are, if not where Esteira's own are: for tests
 * @throws AppError what kept it from starting; whatever was opened is closed again
 */
export async function startServer(config: Config, processorsDir?: string): Promise<RunningServer> {
  armFailpoint(config.failpoint);
  // Closed in reverse order: at the end, or here when something does not open.
  await using opened = new AsyncDisposableStack();
  const log = createLogger({ level: logLevel(config), file: config.logFile });
  const processors = withModels(await loadProcessors(processorsDir), modelsIn(join(config.dataDir, 'models')));
  const engines = await openEngines(config, log, opened);
  const signals = createJobSignals();
  const sandbox = config.role === 'api' ? undefined : await openSandbox(config, processors, log, opened, processorsDir);
  const metrics = createMetrics({
    queue: () => engines.queue.counts(),
    ...(sandbox !== undefined && { sandbox: () => sandbox.stats() }),
  });
  const substitutes = await openSubstitutes(config);
  const madeElsewhere = new Map([...substitutes].map(([name, { key }]) => [name, key]));
  const parts: Parts = { config, log, engines, processors, substitutes, madeElsewhere, signals, metrics, sandbox };
  if (sandbox !== undefined) await startWork(parts, sandbox, opened);
  const address = config.role === 'worker' ? undefined : await startApi(parts, opened);
  if (sandbox !== undefined) warmUp(config, sandbox, log);
  log.info({ role: config.role, address, queue: engines.queue.driver, database: engines.database.driver }, 'ready');
  const running = opened.move();
  return { address, close: () => running.disposeAsync() };
}

/**
 * Opens database, queue and object store; `opened` closes them.
 *
 * @throws AppError DATA_DIR_LOCKED, DATABASE_UNAVAILABLE, QUEUE_UNAVAILABLE, STORAGE_FULL, CONFIG_INVALID
 */
export async function openEngines(config: Config, log: Logger, opened: AsyncDisposableStack): Promise<Engines> {
  const { dataDir, databaseUrl } = config;
  await makeFolder(dataDir).catch(notWritable);
  const lock = databaseUrl === undefined ? await takeDataDir(config) : undefined;
  opened.defer(async () => lock?.release());
  const store = await openStore(join(dataDir, 'objects')).catch(notWritable);
  opened.defer(() => store.close());
  const database = await openDatabase(config, log);
  opened.defer(() => database.close());
  const queue = await openQueue(config, database, log);
  opened.defer(() => queue.close());
  return { database, queue, store, lock };
}

/** The document that describes the API, without starting anything. */
export async function openApiDocument(): Promise<unknown> {
  const { createApp } = await import('#api/app.ts');
  const unused = {} as never;
  const api = await createApp({
    jobs: unused,
    batches: unused,
    templates: unused,
    assets: unused,
    fetchUrl: unused,
    store: unused,
    health: createHealth([]),
    metrics: createMetrics(),
    processors: (await loadProcessors()).list(),
    models: unused,
    resolveActor: unused,
    signingKeys: unused,
    logger: createLogger({ level: 'silent' }),
    config: { version, studioDir, maxUploadBytes: 0, localMode: true, corsOrigins: [], trustProxy: false },
  });
  const document = api.swagger();
  await api.close();
  return document;
}

export function engineChecks({ database, queue, store }: Engines): HealthCheck[] {
  return [databaseCheck(() => sql`select 1`.execute(database.db)), queueCheck(queue), storageCheck(store)];
}

/**
 * The children that run processors, with the limits that the configuration sets.
 *
 * @throws AppError CONFIG_INVALID when their folders cannot be made
 */
export async function openSandbox(
  config: Config,
  processors: ProcessorRegistry,
  log: Logger,
  opened: AsyncDisposableStack,
  processorsDir?: string,
): Promise<Sandbox> {
  const folders = ['models', 'scratch'].map((name) => join(config.dataDir, name));
  for (const folder of folders) await makeFolder(folder).catch(notWritable);
  const [modelsDir = '', scratchRoot = ''] = await Promise.all(folders.map((folder) => realpath(folder)));
  const sandbox = createSandbox({
    processors: Object.fromEntries(
      processors.list().map(({ name }) => [name, processorModuleUrl(name, processorsDir)]),
    ),
    light: new Set(processors.list().flatMap(({ name, light }) => (light ? [name] : []))),
    modelsDir,
    scratchRoot,
    executionProviders: config.executionProviders,
    ...sandboxLimits({
      processes: config.workerProcesses,
      threads: config.workerThreads,
      memoryBytes: config.workerMemoryBytes,
    }),
    log: (level, message, fields) => log[level](fields, message),
  });
  opened.defer(() => sandbox.close());
  return sandbox;
}

/** Who makes results instead of processors of this program, as the configuration says. */
export async function openSubstitutes({ cutout }: Config): Promise<ReadonlyMap<string, Substitute>> {
  if (cutout.provider === 'local') return new Map();
  const { fallback, timeoutMs, retries } = cutout;
  const [{ guardProvider }, { maskSubstitute }, provider] = await Promise.all([
    import('#providers/guard-provider.ts'),
    import('#providers/substitute.ts'),
    openProvider(cutout),
  ]);
  return new Map([['image.mask', maskSubstitute(guardProvider(provider, { timeoutMs, retries }), { fallback })]]);
}

interface Parts {
  readonly config: Config;
  readonly log: Logger;
  readonly engines: Engines;
  readonly processors: ProcessorRegistry;
  readonly substitutes: ReadonlyMap<string, Substitute>;
  readonly madeElsewhere: ReadonlyMap<string, string>;
  readonly signals: JobSignals;
  readonly metrics: Metrics;
  readonly sandbox: Sandbox | undefined;
}

async function takeDataDir({ dataDir, host, port }: Config): Promise<DataDirLock> {
  const { lockDataDir } = await import('#database/data-dir-lock.ts');
  return lockDataDir(dataDir, `http://${host.includes(':') ? `[${host}]` : host}:${port}`).catch(notWritable);
}

async function openStore(dir: string): Promise<ObjectStore> {
  const { openLocalObjectStore } = await import('#storage/drivers/local/local-object-store.ts');
  return openLocalObjectStore({ dir });
}

async function openDatabase({ databaseUrl, dataDir }: Config, log: Logger): Promise<OpenDatabase | PGliteDatabase> {
  if (databaseUrl === undefined) {
    const { openPGliteDatabase } = await import('#database/drivers/pglite/pglite-database.ts');
    const onVacuumError = (error: unknown): void => log.warn({ err: error }, 'the database could not be vacuumed');
    return openPGliteDatabase({ dir: join(dataDir, 'database'), onVacuumError });
  }
  const { openPostgresDatabase } = await import('#database/drivers/postgres/postgres-database.ts');
  const onIdleError = (error: Error): void => log.warn({ err: error }, 'a database connection broke');
  return openPostgresDatabase({ url: databaseUrl, onIdleError });
}

async function openQueue(config: Config, database: OpenDatabase | PGliteDatabase, log: Logger): Promise<JobQueue> {
  const onError = (error: unknown, jobId?: string): void => log.warn({ err: error, jobId }, 'the queue reports');
  if (config.queueDriver === 'redis' && config.redisUrl !== undefined) {
    const { openRedisQueue } = await import('#jobs/drivers/redis/redis-queue.ts');
    return openRedisQueue({ url: config.redisUrl, onError });
  }
  if (config.databaseUrl !== undefined) {
    const { openPostgresQueue } = await import('#jobs/drivers/postgres/postgres-queue.ts');
    return openPostgresQueue({ url: config.databaseUrl, onError });
  }
  if (!('pglite' in database)) throw new Error('the embedded queue lives in the embedded database');
  const { openEmbeddedQueue } = await import('#jobs/drivers/embedded/embedded-queue.ts');
  return openEmbeddedQueue({ pglite: database.pglite, onError });
}

async function openProvider(cutout: Exclude<CutoutProviderConfig, { provider: 'local' }>): Promise<MaskProvider> {
  switch (cutout.provider) {
    case 'gradio':
      return (await import('#providers/drivers/gradio/gradio-provider.ts')).gradioProvider(cutout.url);
    case 'rembg':
      return (await import('#providers/drivers/rembg/rembg-provider.ts')).rembgProvider(cutout.url);
    case 'removebg':
      return (await import('#providers/drivers/removebg/removebg-provider.ts')).removebgProvider(cutout);
  }
}

async function startWork(parts: Parts, sandbox: Sandbox, opened: AsyncDisposableStack): Promise<void> {
  const { config, log, engines, processors, substitutes, madeElsewhere, signals, metrics } = parts;
  const { database, queue, store } = engines;
  const { db } = database;
  const soleOwner = database.driver === 'pglite';
  const reconciler = await startReconciler(
    { db, queue, signals, log },
    { soleOwner, leaseMs, intervalMs: reconcileMs },
  );
  opened.defer(() => reconciler.close());
  const scratchRoot = join(config.dataDir, 'scratch');
  const needs = createNeeds({
    sandbox,
    naming: { processors, madeElsewhere },
    substitutes,
    onMet(processor, how, err) {
      metrics.jobs.needMet(processor, how);
      if (err !== undefined) log.warn({ err, processor, how }, 'somebody outside failed; made here instead');
    },
  });
  const worker = await startWorker(
    { db, store, sandbox, needs, processors, scratchRoot, queue, signals, metrics: metrics.jobs, log },
    // Twice as many as there are children: storing a result, synced to the disk, can take longer than light work.
    { concurrency: 2 * config.workerProcesses * (config.workerThreads + 1), leaseMs },
  );
  opened.defer(() => worker.close(config.shutdownGraceMs));
  const { resultTtlMs = forEverMs } = config;
  const collector = startCollector({ db, store, scratchRoot, log }, { intervalMs: collectMs, minAgeMs, resultTtlMs });
  opened.defer(() => collector.close());
}

/** @returns the address it answers at */
async function startApi(parts: Parts, opened: AsyncDisposableStack): Promise<string> {
  const { config, log, engines, processors, madeElsewhere, signals, metrics, sandbox } = parts;
  const { database, queue, store } = engines;
  const { db } = database;
  const [{ createApp }, { createAssets }, { fetchUrl }] = await Promise.all([
    import('#api/app.ts'),
    import('#assets/asset-service.ts'),
    import('#assets/fetch-url.ts'),
  ]);
  const scratchDir = join(config.dataDir, 'uploads');
  // What a killed process had received in part; nobody else may be writing there.
  if (database.driver === 'pglite') await rm(scratchDir, { recursive: true, force: true });
  await makeFolder(scratchDir).catch(notWritable);
  const maxJobMemoryBytes = config.workerMemoryBytes;
  const line = { db, store, queue, processors, madeElsewhere, signals, log, metrics: metrics.jobs, maxJobMemoryBytes };
  const jobs = createJobService(line);
  opened.defer(async () => jobs.close());
  const checks = [
    ...engineChecks(engines),
    ...(sandbox === undefined ? [] : [sandboxCheck(sandbox)]),
    diskCheck(config.dataDir),
    memoryCheck(),
  ];
  const deps: AppDeps = {
    jobs,
    batches: createBatchService(line),
    templates: createTemplates({ db }),
    assets: createAssets({ db, store, scratchDir, limits: config }),
    fetchUrl: (url, signal) => fetchUrl(url, { maxBytes: config.maxUploadBytes, signal }),
    store,
    processors: processors.list(),
    models: () => listModels(join(config.dataDir, 'models'), processors.list()),
    health: createHealth(checks, { onError: (check, err) => log.warn({ err, check }, 'health check') }),
    metrics,
    resolveActor: () => localActor,
    signingKeys: await signingKeys(config, db),
    logger: log,
    config: appConfig(config),
  };
  const app = await createApp(deps);
  opened.defer(() => app.close());
  const address = await app
    .listen({ host: config.host, port: config.port })
    .catch((error) => cannotListen(error, config));
  engines.lock?.announce(address);
  return address;
}

async function signingKeys(
  { urlSigningKeys: [first, ...others] }: Config,
  db: OpenDatabase['db'],
): Promise<SigningKeys> {
  if (first === undefined) return [await sharedSecret(db, 'url-signing')];
  return [Buffer.from(first), ...others.map((key) => Buffer.from(key))];
}

function appConfig(config: Config): AppConfig {
  const { maxUploadBytes, publicUrl, corsOrigins, trustedProxies } = config;
  const trustProxy = trustedProxies.length > 0 && [...trustedProxies];
  return { version, studioDir, maxUploadBytes, localMode: config.auth === 'local', publicUrl, corsOrigins, trustProxy };
}

/** In the background: a server that warms up answers already. */
function warmUp(config: Config, sandbox: Sandbox, log: Logger): void {
  for (const processor of config.warm) {
    sandbox.warm(processor).catch((error: unknown) => log.warn({ err: error, processor }, 'could not warm up'));
  }
}

const localActor = { tenantId: localTenantId, userId: localUserId };

/** What the build of the studio writes. */
const studioDir = join(import.meta.dirname, '..', 'web', 'dist');

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

/** On a terminal people want to see what is wrong, not every request. */
function logLevel({ logFile, logLevel }: Config): string {
  return logFile === undefined && process.stderr.isTTY && logLevel === 'info' ? 'warn' : logLevel;
}

function notWritable(cause: unknown): never {
  const { code = '' } = cause as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    throw new AppError('STORAGE_FULL', 'The disk of the data folder is full. Make room there.', { cause });
  }
  if (!['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOENT'].includes(code)) throw cause;
  const advice = 'Check its permissions, or name another with --data or ESTEIRA_DATA_DIR.';
  throw new AppError('CONFIG_INVALID', `The data folder cannot be written to (${code}). ${advice}`, { cause });
}

function cannotListen(cause: unknown, { host, port }: Config): never {
  const { code } = cause as NodeJS.ErrnoException;
  const why: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} of ${host} is in use. Stop what uses it, or choose another port with --port.`,
    EACCES: `Port ${port} may not be used by this user. Choose one above 1023 with --port.`,
    EADDRNOTAVAIL: `${host} is not an address of this machine. Choose another with --host.`,
  };
  const detail = why[code ?? ''];
  if (detail === undefined) throw cause;
  throw new AppError('CONFIG_INVALID', detail, { cause });
}
