import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DeleteObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { startFront } from './front.ts';
import { shareModels } from './models-dir.ts';
import { type StartedServer, startServerProgram } from './program.ts';
import { type S3ServerName, s3Server } from './s3/s3-servers.ts';
import { freshDatabase, ownRedis } from './servers.ts';

/**
 * What the program may stand on: everything in one process; two processes each for API and work on PostgreSQL and a
 * folder that they share; the same with Redis and S3 besides, and nothing shared but the engines.
 */
export const engineKinds = ['embedded', 'postgres', 'fleet'] as const;
export type EngineKind = (typeof engineKinds)[number];

export interface FleetOptions {
  /** Settings of every process. */
  readonly env?: Readonly<Record<string, string>>;
  /** More of them for the processes of one role. */
  readonly roleEnv?: { readonly [role in 'api' | 'worker']?: Readonly<Record<string, string>> };
  /** Processes of each role, where there are several. */
  readonly apis?: number;
  readonly workers?: number;
  /** Which S3 server, where there is one; s3rver is the lighter one and cannot do all. */
  readonly s3?: S3ServerName;
  /** What is run instead of Esteira's own program. */
  readonly program?: string;
}

/** What is kept as files, at the moment: names, sorted. */
export interface KeptFiles {
  readonly objects: readonly string[];
  readonly uploads: readonly string[];
  readonly scratch: readonly string[];
}

/** The real program, started as people start it, whole. */
export interface Fleet extends AsyncDisposable {
  readonly kind: EngineKind;
  /** Leads to every API process by turns. */
  readonly address: string;
  readonly apis: readonly StartedServer[];
  /** Their addresses answer probes alone. */
  readonly workers: readonly StartedServer[];
  /** A folder of its own, gone at the end; no path in it may be in an answer. */
  readonly dir: string;
  /** Where the engines are: what every process is told, and who looks at them from outside needs. */
  readonly engines: Readonly<Record<string, string>>;
  /** Metrics of all processes, one after the other. */
  metrics(): Promise<string>;
  files(): Promise<KeptFiles>;
  /** Loses an object, as a disk may. */
  loseObject(sha256: string): Promise<void>;
  /** Paths of objects that somebody reads or writes now: a process of the program, or the S3 server for it. */
  openObjects(): Promise<readonly string[]>;
  /** Lines of all processes' logs. */
  log(): Promise<string[]>;
  /** Starts one more process as the others were. @param env more settings of this one */
  add(role: 'api' | 'worker', env?: Readonly<Record<string, string>>): Promise<StartedServer>;
  /** Sends no more requests to it, as who balances the load does when readiness is red. */
  leave(api: StartedServer): void;
  /** Ends all processes in order and starts them again, over the same engines. @param env instead of the first settings */
  restart(env?: Readonly<Record<string, string>>): Promise<void>;
  /** @returns the processes' exit codes */
  stop(): Promise<(number | NodeJS.Signals)[]>;
}

/** Ready when every process is. */
export async function startFleet(kind: EngineKind, options: FleetOptions = {}): Promise<Fleet> {
  const dir = await mkdtemp(join(tmpdir(), `esteira-${kind}-`));
  await using opened = new AsyncDisposableStack();
  opened.defer(() => rm(dir, { recursive: true, force: true, maxRetries: 3 }));
  const engines = await openEngines(kind, dir, opened, options.s3);
  const { apis: apiCount = 2, workers: workerCount = 2 } = options;
  let settings = options.env ?? {};
  let [apis, workers]: [StartedServer[], StartedServer[]] = [[], []];
  let started = 0;
  const away = new Set<StartedServer>();
  const inReach = () => apis.filter((api) => !away.has(api)).map(({ address }) => address);

  async function startOne(
    role: 'all' | 'api' | 'worker',
    own: Readonly<Record<string, string>> = {},
  ): Promise<StartedServer> {
    started += 1;
    const name = `${role}-${started}`;
    const dataDir = engines.dataDirOf(name);
    if (role !== 'api' || kind === 'fleet') await shareModels(dataDir);
    return await startServerProgram([], {
      cwd: dir,
      ...(options.program !== undefined && { program: options.program }),
      env: {
        ESTEIRA_PORT: '0',
        ESTEIRA_ROLE: role,
        ESTEIRA_DATA_DIR: dataDir,
        ESTEIRA_LOG_FILE: join(dir, 'logs', name),
        ...(role === 'worker' && { ESTEIRA_HEALTH_PORT: '0' }),
        ...(kind !== 'embedded' && { ESTEIRA_WORKER_PROCESSES: '1', ESTEIRA_WORKER_THREADS: '1' }),
        ...engines.env,
        ...settings,
        ...(role !== 'all' && options.roleEnv?.[role]),
        ...own,
      },
    });
  }

  async function startAll(): Promise<void> {
    if (kind === 'embedded') {
      apis = [await startOne('all')];
      return;
    }
    const [first, ...others] = await Promise.all([
      ...Array.from({ length: apiCount }, () => startOne('api')),
      ...Array.from({ length: workerCount }, () => startOne('worker')),
    ]);
    const all = first === undefined ? [] : [first, ...others];
    [apis, workers] = [all.slice(0, apiCount), all.slice(apiCount)];
  }

  async function stop(): Promise<(number | NodeJS.Signals)[]> {
    return await Promise.all([...apis, ...workers].filter(isRunning).map((server) => server.stop()));
  }

  await startAll();
  opened.defer(async () => void (await stop()));
  const front = kind === 'embedded' ? undefined : opened.use(await startFront(inReach));
  const lasting = opened.move();
  return {
    kind,
    dir,
    engines: { ESTEIRA_DATA_DIR: engines.dataDirOf('tests'), ...engines.env, ...settings },
    get address() {
      return front?.address ?? apis[0]?.address ?? '';
    },
    get apis() {
      return apis;
    },
    get workers() {
      return workers;
    },
    async metrics() {
      const texts = [...apis, ...workers]
        .filter(isRunning)
        .map(async ({ address }) => (await fetch(`${address}/metrics`)).text());
      return (await Promise.all(texts)).join('\n');
    },
    async files() {
      const inAll = async (folder: string) =>
        (await Promise.all(engines.dataDirs().map((dataDir) => list(join(dataDir, folder))))).flat().sort();
      return {
        objects: await engines.objects(),
        uploads: await inAll('uploads'),
        scratch: await inAll('scratch'),
      };
    },
    loseObject: engines.loseObject,
    async openObjects() {
      return (await openFiles()).filter((path) => path.includes(`${basename(dir)}/`) && path.includes('/objects/'));
    },
    async log() {
      const files = await list(join(dir, 'logs'));
      const texts = await Promise.all(files.map((name) => readFile(join(dir, 'logs', name), 'utf8')));
      return texts.flatMap((text) => text.split('\n').filter(Boolean));
    },
    async add(role, env) {
      const server = await startOne(role, env);
      if (role === 'api') apis = [...apis, server];
      else workers = [...workers, server];
      return server;
    },
    leave(api) {
      away.add(api);
    },
    async restart(env = settings) {
      await stop();
      settings = env;
      await startAll();
    },
    stop,
    [Symbol.asyncDispose]: () => lasting.disposeAsync(),
  };
}

function isRunning({ process: { exitCode, signalCode } }: StartedServer): boolean {
  return (exitCode ?? signalCode) === null;
}

interface TestEngines {
  readonly env: Readonly<Record<string, string>>;
  dataDirOf(processName: string): string;
  dataDirs(): string[];
  objects(): Promise<string[]>;
  loseObject(sha256: string): Promise<void>;
}

async function openEngines(
  kind: EngineKind,
  dir: string,
  opened: AsyncDisposableStack,
  s3Name: S3ServerName = 's3rver',
): Promise<TestEngines> {
  const dataDir = join(dir, 'data');
  const folder = join(dataDir, 'objects');
  const shared = {
    dataDirOf: () => dataDir,
    dataDirs: () => [dataDir],
    objects: () => list(folder),
    loseObject: (sha256: string) => rm(join(folder, sha256.slice(0, 2), sha256.slice(2, 4), sha256)),
  };
  if (kind === 'embedded') return { env: {}, ...shared };
  const database = await freshDatabase();
  opened.defer(() => database.drop());
  if (kind === 'postgres') return { env: { DATABASE_URL: database.url }, ...shared };

  const { settings } = await s3Server(s3Name);
  const { bucket: Bucket, endpoint, region, credentials, forcePathStyle } = settings;
  const Prefix = `${basename(dir)}/`;
  const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle });
  opened.defer(() => s3.destroy());
  const keys = async () => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
    return Contents.map(({ Key = '' }) => Key.slice(Prefix.length)).sort();
  };
  const folders = new Set<string>();
  return {
    env: {
      DATABASE_URL: database.url,
      REDIS_URL: await ownRedis(),
      S3_BUCKET: Bucket,
      S3_PREFIX: Prefix,
      S3_ENDPOINT: endpoint,
      S3_REGION: region,
      S3_ACCESS_KEY_ID: credentials.accessKeyId,
      S3_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    dataDirOf(name) {
      const own = join(dir, `data-${name}`);
      folders.add(own);
      return own;
    },
    dataDirs: () => [...folders],
    objects: keys,
    async loseObject(sha256) {
      for (const key of await keys()) {
        if (key.endsWith(sha256)) await s3.send(new DeleteObjectCommand({ Bucket, Key: Prefix + key }));
      }
    },
  };
}

async function list(folder: string): Promise<string[]> {
  return await readdir(folder, { recursive: true })
    .catch(() => [])
    .then((names) => names.sort());
}

/** Of all processes that this one may look at. */
async function openFiles(): Promise<string[]> {
  const folders = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map((pid) => `/proc/${pid}/fd`);
  const open = folders.map(async (folder) => {
    const names = await readdir(folder).catch(() => []);
    return await Promise.all(names.map((fd) => readlink(join(folder, fd)).catch(() => '')));
  });
  return (await Promise.all(open)).flat();
}
