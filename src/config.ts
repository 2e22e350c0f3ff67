import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { Static } from 'typebox';
import { Value } from 'typebox/value';
import { AppError } from '#kernel/errors.ts';
import { findProgram } from '#kernel/find-program.ts';
import { type Machine, thisMachine } from '#kernel/machine.ts';
import { closest } from '#kernel/spelling.ts';
import { type AccountsConfig, accountContradictions, accountsConfig } from './config-accounts.ts';
import { type LimitsConfig, limitsConfig } from './config-limits.ts';
import { type PrivacyConfig, privacyConfig } from './config-privacy.ts';
import { type S3Config, s3Config, s3Contradictions } from './config-s3.ts';
import { configSchema, expectation, usualLeaseMs, type VariableSchema } from './config-schema.ts';

type Settings = Static<typeof configSchema>;
type Name = keyof Settings;

export interface Config {
  readonly host: string;
  readonly port: number;
  /** Absolute. */
  readonly dataDir: string;
  readonly role: Settings['ESTEIRA_ROLE'];
  readonly auth: Settings['ESTEIRA_AUTH'];
  /** Where people sign in. */
  readonly accounts: AccountsConfig;
  /** What a proxy that asks who is there says to be believed. */
  readonly proxySecrets: readonly string[];
  readonly apiProcesses: number;
  readonly reusePort: boolean;
  /** Undefined: nobody listens for probes apart from the API. */
  readonly healthPort: number | undefined;
  readonly healthHost: string;
  readonly publicUrl: string | undefined;
  readonly logLevel: Settings['ESTEIRA_LOG_LEVEL'];
  /** Absolute; standard error when there is none. */
  readonly logFile: string | undefined;
  readonly corsOrigins: readonly string[];
  /** Addresses, CIDR ranges and proxy-addr's names for them; nobody when empty. */
  readonly trustedProxies: readonly string[];
  readonly maxUploadBytes: number;
  readonly uploadTtlMs: number;
  /** Names, addresses and networks from which files may be fetched though they are private. */
  readonly importPrivateHosts: readonly string[];
  /** Servers elsewhere that take uploads. */
  readonly regions: readonly Region[];
  readonly maxPixels: number;
  readonly maxFrames: number;
  readonly maxDurationSeconds: number;
  /** Undefined: results stay. */
  readonly resultTtlMs: number | undefined;
  /** Most child processes of each kind; and how many of them stay when there is nothing to do. */
  readonly workerProcesses: number;
  readonly minWorkerProcesses: number;
  readonly workerMemoryBytes: number;
  readonly workerThreads: number;
  /** What every job's time limit is multiplied by. */
  readonly deadlineFactor: number;
  readonly executionProviders: readonly string[];
  /** Programs of this machine that may be started, by name. */
  readonly programs: Readonly<Record<string, string>>;
  readonly queueDriver: 'embedded' | 'postgres' | 'redis';
  readonly shutdownGraceMs: number;
  readonly shutdownDelayMs: number;
  /** Names, and patterns like `image.*`; undefined: all. */
  readonly workerProcessors: readonly string[] | undefined;
  /** Most jobs at once among all workers. */
  readonly concurrency: {
    readonly perTenant: number | undefined;
    readonly perProcessor: Readonly<Record<string, number>>;
  };
  readonly warm: readonly string[];
  readonly cutout: CutoutProviderConfig;
  /** Empty: one that the database keeps. */
  readonly urlSigningKeys: readonly string[];
  /** Names, addresses and networks that webhooks may be sent to besides the public internet. */
  readonly webhookPrivateHosts: readonly string[];
  readonly limits: LimitsConfig;
  readonly maxEventStreams: number;
  readonly maxEventStreamsPerUser: number;
  readonly privacy: PrivacyConfig;
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  /** Undefined: objects stay in the data folder. */
  readonly s3: S3Config | undefined;
  readonly leaseMs: number;
  readonly failpoint: Settings['ESTEIRA_FAILPOINT'];
}

export interface Region {
  readonly name: string;
  readonly origin: string;
  /** Two capital letters each. */
  readonly countries: readonly string[];
}

/** Who finds the subject of pictures. */
export type CutoutProviderConfig =
  | { readonly provider: 'local' }
  | (ProviderLimits & { readonly provider: 'gradio' | 'rembg'; readonly url: string })
  | (ProviderLimits & { readonly provider: 'removebg'; readonly url: string; readonly key: string });

interface ProviderLimits {
  /** Whether the model on this machine steps in. */
  readonly fallback: boolean;
  readonly timeoutMs: number;
  readonly retries: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The variables of this process, for a caller that adds to them before `loadConfig` (flags of the command line). */
export function currentEnvironment(): Environment {
  return process.env;
}

/**
 * Reads the environment and `.env` in the working folder; the environment wins.
 *
 * @throws AppError CONFIG_INVALID naming everything that is wrong, one line each
 */
export function loadConfig(
  environment: Environment = currentEnvironment(),
  cwd: string = process.cwd(),
  machine: Machine = thisMachine(),
): Config {
  const problems: string[] = [];
  const raw = readVariables(environment, cwd, problems);
  const settings = Value.Default(configSchema, {}) as Settings;
  for (const name of Object.keys(configSchema.properties) as Name[]) {
    const text = raw.get(name);
    if (text === undefined) continue;
    const schema: VariableSchema = configSchema.properties[name];
    const value = parse(schema, text);
    if (Value.Check(schema, value)) Object.assign(settings, { [name]: value });
    else problems.push(`${name} must be ${expectation(schema)}${schema.secret ? '' : `, not "${text}"`}.`);
  }
  problems.push(...contradictions(settings));
  if (problems.length > 0) {
    throw new AppError(
      'CONFIG_INVALID',
      `The configuration cannot be used:\n${problems.map((line) => `- ${line}`).join('\n')}`,
      {
        extensions: { problems },
      },
    );
  }
  return Object.freeze(toConfig(settings, cwd, machine, environment['PATH'] ?? ''));
}

function readVariables(environment: Environment, cwd: string, problems: string[]): Map<string, string> {
  const all = { ...readEnvFile(cwd, problems), ...environment };
  const known = new Set(Object.keys(configSchema.properties));
  const values = new Map<string, string>();
  for (const [name, text] of Object.entries(all)) {
    if (text === undefined || text.trim() === '') continue;
    const target = known.has(name) ? name : name.replace(/_FILE$/, '');
    if (known.has(target)) {
      const value = target === name ? text.trim() : readValueFile(name, resolve(cwd, text), problems);
      if (values.has(target)) problems.push(`${target} and ${target}_FILE are both set: remove one.`);
      if (value !== undefined) values.set(target, value);
    } else if (isOurs(name)) {
      const near = closest(withoutPrefix(name), [...known].filter(isOurs).map(withoutPrefix));
      problems.push(`${name} is not a setting.${near ? ` Did you mean ESTEIRA_${near}?` : ''}`);
    }
  }
  return values;
}

function isOurs(name: string): boolean {
  return name.startsWith('ESTEIRA_');
}

function withoutPrefix(name: string): string {
  return name.replace(/^ESTEIRA_/, '');
}

function readEnvFile(cwd: string, problems: string[]): Environment {
  try {
    return parseEnv(readFileSync(resolve(cwd, '.env'), 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') problems.push(`.env in the working folder cannot be read (${code}).`);
    return {};
  }
}

function readValueFile(name: string, path: string, problems: string[]): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    problems.push(`${name} names a file that cannot be read (${(error as NodeJS.ErrnoException).code}).`);
    return undefined;
  }
}

function parse(schema: VariableSchema, text: string): unknown {
  if (schema.type === 'integer') return /^\d+$/.test(text) ? Number(text) : text;
  if (schema.type === 'number') return /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (schema.type === 'boolean') return { '1': true, true: true, '0': false, false: false }[text] ?? text;
  if (schema.type === 'array')
    return text
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean);
  return text;
}

/** Values that are right alone and wrong together. */
function contradictions(settings: Settings): string[] {
  const embeddedDatabase = settings.DATABASE_URL === undefined;
  const { ESTEIRA_ROLE: role, ESTEIRA_QUEUE_DRIVER: queue, ESTEIRA_HOST: host } = settings;
  const { ESTEIRA_CUTOUT_PROVIDER: provider } = settings;
  const rules: [boolean, string][] = [
    ...accountContradictions(settings),
    [
      settings.ESTEIRA_AUTH === 'proxy' && settings.ESTEIRA_PROXY_SECRETS.length === 0,
      'ESTEIRA_AUTH=proxy needs ESTEIRA_PROXY_SECRETS: else everybody would be let in, not only the proxy.',
    ],
    [
      settings.ESTEIRA_AUTH === 'local' && !isLoopback(host),
      `ESTEIRA_HOST must be a loopback address (127.0.0.1, ::1, localhost) while ESTEIRA_AUTH=local, not "${host}": ` +
        'there is no login. Let people sign in with ESTEIRA_AUTH=accounts; behind a proxy that asks who it is, use proxy.',
    ],
    [
      settings.ESTEIRA_API_PROCESSES > 1 && embeddedDatabase,
      'ESTEIRA_API_PROCESSES above 1 needs DATABASE_URL: the embedded database has one owner.',
    ],
    [
      settings.ESTEIRA_API_PROCESSES > 1 && role === 'worker',
      'ESTEIRA_API_PROCESSES says nothing about a worker: leave it away with ESTEIRA_ROLE=worker.',
    ],
    [
      role !== 'all' && embeddedDatabase,
      `ESTEIRA_ROLE=${role} needs DATABASE_URL: the embedded database has one owner, which must do everything.`,
    ],
    [queue === 'postgres' && embeddedDatabase, 'ESTEIRA_QUEUE_DRIVER=postgres needs DATABASE_URL.'],
    [queue === 'redis' && settings.REDIS_URL === undefined, 'ESTEIRA_QUEUE_DRIVER=redis needs REDIS_URL.'],
    [
      queue === 'embedded' && !embeddedDatabase,
      'ESTEIRA_QUEUE_DRIVER=embedded keeps the queue in the embedded database, but DATABASE_URL is set: use postgres.',
    ],
    [hasTwins(settings.ESTEIRA_REGIONS.map((text) => regionOf(text).name)), 'ESTEIRA_REGIONS has a name twice.'],
    [
      !settings.ESTEIRA_IMPORT_PRIVATE_HOSTS.every(isHostOrNetwork),
      'ESTEIRA_IMPORT_PRIVATE_HOSTS has an address or a network that is none.',
    ],
    [
      !(settings.ESTEIRA_WEBHOOK_PRIVATE_HOSTS ?? []).every(isHostOrNetwork),
      'ESTEIRA_WEBHOOK_PRIVATE_HOSTS has an address or a network that is none.',
    ],
    [
      settings.ESTEIRA_WORKER_PROCESSES_MIN > (settings.ESTEIRA_WORKER_PROCESSES ?? Number.POSITIVE_INFINITY),
      'ESTEIRA_WORKER_PROCESSES_MIN must not be above ESTEIRA_WORKER_PROCESSES.',
    ],
    [provider === 'gradio' && !settings.ESTEIRA_GRADIO_URL, 'ESTEIRA_CUTOUT_PROVIDER=gradio needs ESTEIRA_GRADIO_URL.'],
    [provider === 'rembg' && !settings.ESTEIRA_REMBG_URL, 'ESTEIRA_CUTOUT_PROVIDER=rembg needs ESTEIRA_REMBG_URL.'],
    [
      provider === 'removebg' && !settings.ESTEIRA_REMOVEBG_KEY,
      'ESTEIRA_CUTOUT_PROVIDER=removebg needs ESTEIRA_REMOVEBG_KEY.',
    ],
    ...s3Contradictions(settings),
    [
      settings.ESTEIRA_LEASE_MS !== usualLeaseMs && !settings.ESTEIRA_TEST,
      `ESTEIRA_LEASE_MS is ${usualLeaseMs}: another lease needs ESTEIRA_TEST=1.`,
    ],
    [
      settings.ESTEIRA_FAILPOINT !== undefined && !settings.ESTEIRA_TEST,
      'ESTEIRA_FAILPOINT kills the process on purpose: it needs ESTEIRA_TEST=1.',
    ],
  ];
  return rules.filter(([wrong]) => wrong).map(([, problem]) => problem);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function toConfig(settings: Settings, cwd: string, machine: Machine, path: string): Config {
  const workerMemoryBytes = settings.ESTEIRA_WORKER_MEMORY_BYTES;
  const ffmpeg = settings.ESTEIRA_FFMPEG === 'auto' ? findProgram('ffmpeg', path) : undefined;
  const byMemory = Math.floor((machine.memoryBytes * 0.75) / workerMemoryBytes);
  const minWorkerProcesses = settings.ESTEIRA_WORKER_PROCESSES_MIN;
  const workerProcesses =
    settings.ESTEIRA_WORKER_PROCESSES ??
    Math.max(1, minWorkerProcesses, Math.min(Math.floor(machine.cores / 2), byMemory));
  return {
    host: settings.ESTEIRA_HOST,
    port: settings.ESTEIRA_PORT,
    dataDir: resolve(cwd, settings.ESTEIRA_DATA_DIR),
    role: settings.ESTEIRA_ROLE,
    auth: settings.ESTEIRA_AUTH,
    accounts: accountsConfig(settings),
    proxySecrets: Object.freeze(settings.ESTEIRA_PROXY_SECRETS),
    apiProcesses: settings.ESTEIRA_API_PROCESSES,
    reusePort: settings.ESTEIRA_REUSE_PORT,
    healthPort: settings.ESTEIRA_HEALTH_PORT,
    healthHost: settings.ESTEIRA_HEALTH_HOST,
    publicUrl: settings.ESTEIRA_PUBLIC_URL,
    logLevel: settings.ESTEIRA_LOG_LEVEL,
    logFile: settings.ESTEIRA_LOG_FILE === undefined ? undefined : resolve(cwd, settings.ESTEIRA_LOG_FILE),
    corsOrigins: Object.freeze(settings.ESTEIRA_CORS_ORIGINS),
    trustedProxies: Object.freeze(settings.ESTEIRA_TRUST_PROXY),
    maxUploadBytes: settings.ESTEIRA_MAX_UPLOAD_BYTES,
    importPrivateHosts: Object.freeze(settings.ESTEIRA_IMPORT_PRIVATE_HOSTS),
    uploadTtlMs: settings.ESTEIRA_UPLOAD_TTL * 1_000,
    regions: Object.freeze(settings.ESTEIRA_REGIONS.map(regionOf)),
    maxPixels: settings.ESTEIRA_MAX_PIXELS,
    maxFrames: settings.ESTEIRA_MAX_FRAMES,
    maxDurationSeconds: settings.ESTEIRA_MAX_DURATION_SECONDS,
    privacy: privacyConfig(settings),
    resultTtlMs: settings.ESTEIRA_RESULT_TTL === 0 ? undefined : settings.ESTEIRA_RESULT_TTL * 1_000,
    workerProcesses,
    minWorkerProcesses,
    workerMemoryBytes,
    workerThreads: settings.ESTEIRA_WORKER_THREADS ?? Math.max(1, Math.floor(machine.cores / workerProcesses)),
    deadlineFactor: settings.ESTEIRA_DEADLINE_FACTOR,
    executionProviders: Object.freeze(settings.ESTEIRA_EXECUTION_PROVIDERS),
    programs: Object.freeze(ffmpeg === undefined ? {} : { ffmpeg }),
    queueDriver:
      settings.ESTEIRA_QUEUE_DRIVER ?? (settings.REDIS_URL ? 'redis' : settings.DATABASE_URL ? 'postgres' : 'embedded'),
    shutdownGraceMs: settings.ESTEIRA_SHUTDOWN_GRACE_MS,
    shutdownDelayMs: settings.ESTEIRA_SHUTDOWN_DELAY_MS,
    workerProcessors: settings.ESTEIRA_WORKER_PROCESSORS.includes('*')
      ? undefined
      : Object.freeze(settings.ESTEIRA_WORKER_PROCESSORS),
    concurrency: Object.freeze({
      perTenant: settings.ESTEIRA_TENANT_CONCURRENCY || undefined,
      perProcessor: Object.fromEntries(
        settings.ESTEIRA_PROCESSOR_CONCURRENCY.map((pair) => pair.split('=')).map(([name, count]) => [
          name,
          Number(count),
        ]),
      ),
    }),
    warm: Object.freeze(settings.ESTEIRA_WARM),
    cutout: cutoutProvider(settings),
    urlSigningKeys: Object.freeze(settings.ESTEIRA_URL_SIGNING_KEYS),
    webhookPrivateHosts: Object.freeze(webhookPrivateHosts(settings)),
    limits: limitsConfig(settings),
    maxEventStreams: settings.ESTEIRA_MAX_EVENT_STREAMS,
    maxEventStreamsPerUser: settings.ESTEIRA_MAX_EVENT_STREAMS_PER_USER,
    databaseUrl: settings.DATABASE_URL,
    redisUrl: settings.REDIS_URL,
    s3: s3Config(settings),
    leaseMs: settings.ESTEIRA_LEASE_MS,
    failpoint: settings.ESTEIRA_FAILPOINT,
  };
}

function hasTwins(names: readonly string[]): boolean {
  return new Set(names).size < names.length;
}

/** @param text `br:BR+AR=https://br.example.com` */
function regionOf(text: string): Region {
  const [, name = '', countries = '', origin = ''] = /^([^:=]+)(?::([^=]+))?=(.*)$/.exec(text) ?? [];
  return { name, origin, countries: countries.split('+').filter(Boolean) };
}

function webhookPrivateHosts(settings: Settings): string[] {
  const { ESTEIRA_PUBLIC_URL: publicUrl, ESTEIRA_TRUST_PROXY: proxies, ESTEIRA_AUTH: auth } = settings;
  const alone = auth === 'local' && publicUrl === undefined && proxies.length === 0;
  const hosts = settings.ESTEIRA_WEBHOOK_PRIVATE_HOSTS ?? (alone ? ['127.0.0.0/8', '::1'] : []);
  return hosts.filter((host) => host !== 'none');
}

/** A name, an address, or a network: what only looks like the latter two is none. */
function isHostOrNetwork(entry: string): boolean {
  const [address = '', prefix] = entry.split('/');
  const version = isIP(address);
  if (version === 0) return prefix === undefined && !/[:]|^[\d.]+$/.test(entry);
  return prefix === undefined || Number(prefix) <= (version === 4 ? 32 : 128);
}

/** rembg and remove.bg have no queue to wait in. */
const directLimits = { timeoutMs: 60_000, retries: 2 };

function cutoutProvider(settings: Settings): CutoutProviderConfig {
  const fallback = settings.ESTEIRA_CUTOUT_FALLBACK === 'local';
  const { ESTEIRA_GRADIO_URL: gradioUrl = '', ESTEIRA_REMBG_URL: rembgUrl = '' } = settings;
  switch (settings.ESTEIRA_CUTOUT_PROVIDER) {
    case 'local':
      return { provider: 'local' };
    case 'gradio': {
      const limits = { timeoutMs: settings.ESTEIRA_GRADIO_TIMEOUT_MS, retries: settings.ESTEIRA_GRADIO_RETRIES };
      return { provider: 'gradio', url: gradioUrl, fallback, ...limits };
    }
    case 'rembg':
      return { provider: 'rembg', url: rembgUrl, fallback, ...directLimits };
    case 'removebg': {
      const { ESTEIRA_REMOVEBG_URL: url, ESTEIRA_REMOVEBG_KEY: key = '' } = settings;
      return { provider: 'removebg', url, key, fallback, ...directLimits };
    }
  }
}
