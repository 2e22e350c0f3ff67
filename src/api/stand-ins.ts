import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Accounts } from '#accounts/accounts.ts';
import type { People } from '#accounts/identity/people.ts';
import { localAccess } from '#accounts/local-access.ts';
import { unlimited } from '#accounts/plans/plan.ts';
import type { Asset, Assets } from '#assets/asset.ts';
import type { DirectUploads } from '#assets/direct/direct-upload.ts';
import type { PartialUploads } from '#assets/uploads/upload.ts';
import type { Act } from '#audit/audit.ts';
import { localTenantId, localUserId } from '#database/local-tenant.ts';
import { LocalListeners } from '#events/local-listeners.ts';
import { isTerminal, type Job, type Jobs } from '#jobs/job.ts';
import type { Pipelines } from '#jobs/pipelines/pipeline.ts';
import type { Schedules } from '#jobs/schedules/schedule.ts';
import type { Shares } from '#jobs/shares/share.ts';
import { AppError } from '#kernel/errors.ts';
import { newId } from '#kernel/ids.ts';
import { mebibyte } from '#kernel/units.ts';
import type { Limits } from '#limits/limits.ts';
import { noQuota } from '#limits/quota.ts';
import { createHealth } from '#observability/health.ts';
import { createMetrics } from '#observability/metrics.ts';
import type { Privacy } from '#privacy/privacy.ts';
import { defineProcessor } from '#processors/contract.ts';
import type { ObjectStore } from '#storage/object-store.ts';
import type { Templates } from '#templates/template.ts';
import type { Webhooks } from '#webhooks/webhook.ts';
import { batchesIn } from './batch-stand-ins.ts';
import type { AppDeps } from './deps.ts';

/** Everything behind the API, in memory and as its contracts say, so that the API's own rules can be tested alone. */
export interface World {
  readonly deps: AppDeps;
  readonly assets: Map<string, Asset>;
  readonly jobs: Map<string, Job>;
  readonly objects: Map<string, Buffer>;
  /** How a job that waits is to end; without it jobs succeed at once with their input's bytes. */
  finish: ((job: Job) => Partial<Job> | Promise<Partial<Job>>) | undefined;
  readonly acts: Act[];
  /** Lines of the log, parsed. */
  readonly log: Record<string, unknown>[];
}

export const onePixelPng = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

const cutoutLike = defineProcessor({
  name: 'image.cutout',
  version: 1,
  title: { en: 'Background removal', 'pt-BR': 'Remoção de fundo' },
  accepts: ['image/png'],
  inputs: { min: 1, max: 1 },
  params: Type.Object(
    {
      quality: Type.Optional(Type.Enum(['best', 'fast'], { default: 'best' })),
      maskOnly: Type.Optional(Type.Boolean({ default: false })),
      marginPx: Type.Optional(Type.Integer({ minimum: 0, maximum: 100, default: 0 })),
    },
    { additionalProperties: false },
  ),
  modelHashes: () => [],
  estimate: () => ({ memoryBytes: mebibyte, cpuSeconds: 1 }),
  deadlineMs: () => 5_000,
});

export function createWorld(config: Partial<AppDeps['config']> = {}): World {
  const log: Record<string, unknown>[] = [];
  const sink = { write: (line: string) => void log.push(JSON.parse(line) as Record<string, unknown>) };
  const world: World = {
    deps: undefined as never,
    assets: new Map(),
    jobs: new Map(),
    objects: new Map(),
    finish: undefined,
    acts: [],
    log,
  };
  const deps: AppDeps = {
    assets: assetsIn(world),
    uploads: { extensions: [] } as unknown as PartialUploads,
    directUploads: directUploadsNobodyKeeps,
    jobs: jobsIn(world),
    batches: batchesIn(world),
    pipelines: pipelinesNobodyKeeps,
    templates: templatesNobodyKeeps,
    webhooks: webhooksNobodyKeeps,
    schedules: schedulesNobodyKeeps,
    shares: sharesNobodyKeeps,
    fanOut: new LocalListeners(),
    events: { size: 0, checkRoom: () => {}, open: ({ socket }) => socket.end(), close: () => {} },
    checkUrl: () => {},
    fetchUrl: async () => fail('URL_NOT_ALLOWED', 'Nothing is fetched here.'),
    store: storeIn(world),
    pictures: storeIn(world),
    redirects: undefined,
    findAsset: async (id) => {
      const asset = world.assets.get(id) ?? fail('ASSET_NOT_FOUND', 'No such asset.');
      return { asset, owner: { tenantId: localTenantId, userId: localUserId } };
    },
    openShare: async () => undefined,
    findOutput: async (jobId, index) => world.jobs.get(jobId)?.outputs.find((output) => output.index === index),
    processors: [cutoutLike],
    models: async () => [],
    health: createHealth([]),
    line: async () => [],
    metrics: createMetrics(),
    signingKeys: [Buffer.alloc(32, 'k')],
    access: localAccess,
    accounts: accountsNobodyKeeps,
    people: peopleNobodyKeeps,
    signIn: undefined,
    limits: noLimits,
    audit: auditIn(world),
    privacy: privacyNobodyKeeps,
    plans: { of: async () => unlimited },
    planCatalog: undefined as never,
    usage: undefined as never,
    quota: noQuota,
    logger: pino({ level: 'debug' }, sink),
    config: {
      version: '0.0.0',
      studioDir: join(tmpdir(), 'no-studio-here'),
      maxUploadBytes: mebibyte,
      localMode: true,
      corsOrigins: [],
      trustProxy: false,
      ...config,
    },
  };
  return Object.assign(world, { deps });
}

/** Acts as they were handed over; reading them needs a database. */
function auditIn({ acts }: World): AppDeps['audit'] {
  const unread = async () => fail('INTERNAL', 'not read without a database');
  return {
    record: async (act) => void acts.push(act),
    list: unread,
    verify: unread,
    verifyAll: unread,
    entries: async function* () {},
  };
}

/** Their tests have a database. */
const templatesNobodyKeeps = {} as Templates;
const directUploadsNobodyKeeps = {} as DirectUploads;
const webhooksNobodyKeeps = {} as Webhooks;
const schedulesNobodyKeeps = {} as Schedules;
const sharesNobodyKeeps = {} as Shares;
const privacyNobodyKeeps = {} as Privacy;
const peopleNobodyKeeps = {} as People;
const accountsNobodyKeeps = { invitations: { find: async () => undefined } } as unknown as Accounts;
const pipelinesNobodyKeeps = {} as Pipelines;

/** Nobody is limited, and nothing is too much. */
export const noLimits: Limits = {
  requests: {
    blockedAddresses: 0,
    blocked: () => undefined,
    address: async () => undefined,
    principal: async () => [],
    forgetSpent: () => {},
  },
  signIn: {
    attempt: async () => {},
    succeeded: async () => {},
    isFirstUse: async () => true,
    invitation: async () => {},
  },
  modes: {
    current: () => ({ mode: 'normal', until: null }),
    allowed: (limit) => limit,
    change: async (_by, mode) => mode,
    close: () => {},
  },
  pressure: { reason: undefined, close: () => {} },
  metrics: { shed: () => {} },
};

function assetsIn(world: World): Assets {
  const get = (id: string): Asset => world.assets.get(id) ?? fail('ASSET_NOT_FOUND', 'No such asset.');
  return {
    async receive(_actor, body, name) {
      const bytes = await buffer(body).catch(() => fail('UPLOAD_INTERRUPTED', 'It broke off.'));
      if (bytes.length > world.deps.config.maxUploadBytes) fail('UPLOAD_TOO_LARGE', 'Too large.');
      if (bytes.length === 0) fail('EMPTY_FILE', 'Empty.');
      if (bytes.readUInt32BE(0) !== 0x89504e47) fail('UNSUPPORTED_MEDIA_TYPE', 'Not a PNG.');
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      world.objects.set(sha256, bytes);
      const asset = {
        id: newId(),
        sha256,
        mediaType: 'image/png',
        sizeBytes: bytes.length,
        name,
        createdAt: new Date(),
      };
      world.assets.set(asset.id, asset);
      return asset;
    },
    get: async (_actor, id) => get(id),
    list: async () => ({ items: [...world.assets.values()], nextCursor: null }),
    remove: async (_actor, id) => void world.assets.delete(get(id).id),
  };
}

function jobsIn(world: World): Jobs {
  const get = (id: string): Job => world.jobs.get(id) ?? fail('JOB_NOT_FOUND', 'No such job.');
  const change = (id: string, changes: Partial<Job>): Job => {
    const job = { ...get(id), ...changes };
    world.jobs.set(id, job);
    return job;
  };
  return {
    async create(_actor, { processor, inputs, params, priority = 'normal', metadata = null }) {
      if (processor !== cutoutLike.name) fail('UNKNOWN_PROCESSOR', 'Unknown processor.');
      if (!Value.Check(cutoutLike.params, params)) fail('INVALID_PARAMETERS', 'Wrong parameters.');
      const [asset] = inputs.map((id) => world.assets.get(id) ?? fail('ASSET_NOT_FOUND', 'No such asset.'));
      if (!asset) fail('WRONG_INPUT_COUNT', 'One input is needed.');
      const { sha256, mediaType, sizeBytes } = asset;
      const data = { confidence: 0.97, quality: params['quality'] ?? 'best' };
      const succeeded: Partial<Job> = {
        status: 'succeeded',
        progress: 1,
        finishedAt: new Date(),
        outputs: [{ index: 0, mediaType, sizeBytes, sha256, data }],
      };
      const job: Job = {
        id: newId(),
        status: 'queued',
        processor,
        priority,
        progress: 0,
        attempts: 0,
        params,
        inputs,
        metadata,
        queuedAt: new Date(),
        startedAt: null,
        finishedAt: null,
        cached: false,
        error: null,
        outputs: [],
      };
      world.jobs.set(job.id, job);
      if (!world.finish) return change(job.id, succeeded);
      void Promise.resolve(world.finish(job)).then((end) => change(job.id, end.status ? end : succeeded));
      return job;
    },
    get: async (_actor, id) => get(id),
    list: async (_actor, { status }) => ({
      items: [...world.jobs.values()].filter((job) => !status || job.status === status),
      nextCursor: null,
    }),
    cancel: async (_actor, id) =>
      isTerminal(get(id).status) ? fail('JOB_NOT_CANCELLABLE', 'Over.') : change(id, { status: 'cancelled' }),
    retry: async (_actor, id) =>
      get(id).status === 'failed' ? change(id, { status: 'queued' }) : fail('JOB_NOT_RETRYABLE', 'Not failed.'),
    remove: async (_actor, id) => void world.jobs.delete(get(id).id),
    async waitFor(_actor, id, timeoutMs, signal) {
      const endMs = performance.now() + timeoutMs;
      while (!isTerminal(get(id).status) && performance.now() < endMs && !signal?.aborted) await delay(2);
      return get(id);
    },
  };
}

function storeIn(world: World): ObjectStore {
  const find = (sha256: string): Buffer => world.objects.get(sha256) ?? fail('OBJECT_NOT_FOUND', 'No such object.');
  return {
    capabilities: { localPath: false, presignedUrl: false },
    putFile: async () => fail('INTERNAL', 'not used by the API'),
    sizeOf: async (sha256) => world.objects.get(sha256)?.length,
    read: async (sha256, range) => {
      const bytes = find(sha256);
      return Readable.from([range ? bytes.subarray(range.start, range.end + 1) : bytes]);
    },
    checkout: async () => fail('INTERNAL', 'not used by the API'),
    deleteIfOlder: async () => false,
    async *list() {},
    close: async () => {},
  };
}

function fail(code: ConstructorParameters<typeof AppError>[0], detail: string): never {
  throw new AppError(code, detail);
}
