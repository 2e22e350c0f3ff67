import { type TSchema, Type } from 'typebox';
import { failpointNames } from '#kernel/failpoints.ts';
import { gibibyte, mebibyte } from '#kernel/units.ts';
import { accountVariables } from './config-accounts.ts';
import { limitVariables } from './config-limits.ts';
import { mediaVariables } from './config-media.ts';
import { privacyVariables } from './config-privacy.ts';
import { s3Variables } from './config-s3.ts';

/** Longer than a process that lives may be silent: a full collection of garbage, a machine that is short of everything. */
export const usualLeaseMs = 30_000;

const webAddress = { pattern: '^https?://[^\\s@]+$' };

const executionProviders = ['cpu', 'cuda', 'tensorrt', 'directml', 'coreml', 'webgpu'] as const;

/**
 * Every variable that Esteira reads. docs/configuration.md is made from it.
 *
 * Beside JSON Schema's words: `unit` of a number; `derived`, what holds when nothing is set and there is no fixed
 * default; `secret`, a value that no message may repeat.
 */
export const configSchema = Type.Object({
  ESTEIRA_HOST: Type.String({
    description: 'Address to listen on. Without login (`ESTEIRA_AUTH=local`) only a loopback address is accepted.',
    default: '127.0.0.1',
  }),
  ESTEIRA_PORT: Type.Integer({
    description: 'Port to listen on; 0 takes any free one.',
    default: 3000,
    minimum: 0,
    maximum: 65_535,
  }),
  ESTEIRA_DATA_DIR: Type.String({
    description: 'Folder for everything that is kept: embedded database, objects, models. One process owns it.',
    default: './data',
  }),
  ESTEIRA_ROLE: Type.Enum(['all', 'api', 'worker'], {
    description: 'What this process does: serve the API, work on jobs, or both. Anything but `all` needs PostgreSQL.',
    default: 'all',
  }),
  ESTEIRA_API_PROCESSES: Type.Integer({
    description:
      'How many processes serve the API at one port. With more than one, this process starts them, one worker besides ' +
      'them for the role `all`, and starts them again when they die. Needs PostgreSQL.',
    default: 1,
    minimum: 1,
    maximum: 64,
    unit: 'processes',
  }),
  ESTEIRA_REUSE_PORT: Type.Boolean({
    description: 'Lets several processes that are started apart listen at one port, where the system can (Linux).',
    default: false,
  }),
  ESTEIRA_HEALTH_PORT: Type.Optional(
    Type.Integer({
      description:
        'Port for `/livez`, `/readyz` and `/metrics` alone, also of a worker; 0 takes any free one. With ' +
        '`ESTEIRA_API_PROCESSES` the worker has this one, and the others have those that follow.',
      derived: 'none: workers listen to nobody',
      minimum: 0,
      maximum: 65_535,
    }),
  ),
  ESTEIRA_HEALTH_HOST: Type.String({
    description: 'Address that `ESTEIRA_HEALTH_PORT` is on. What it says needs no login.',
    default: '127.0.0.1',
  }),
  ESTEIRA_AUTH: Type.Enum(['local', 'proxy', 'accounts'], {
    description:
      'Who may use it: `local` is everybody on this machine, without login; `proxy` is everybody whom a proxy lets ' +
      'through that knows `ESTEIRA_PROXY_SECRETS`; `accounts` is everybody who has an account here ([accounts](accounts.md)).',
    default: 'local',
  }),
  ESTEIRA_PROXY_SECRETS: Type.Array(Type.String({ pattern: '^[\\x21-\\x2b\\x2d-\\x7e]{32,}$' }), {
    description:
      'What the proxy of `ESTEIRA_AUTH=proxy` sends with each request in the header `X-Esteira-Proxy-Secret`; several ' +
      'while one takes the place of another. Probes need none.',
    default: [],
    expected: 'texts of at least 32 characters, separated by commas',
    secret: true,
  }),
  ...accountVariables,
  ESTEIRA_PUBLIC_URL: Type.Optional(
    Type.String({
      description: 'How users reach the server from outside, for links: scheme, host and port.',
      derived: 'the address it listens on',
      pattern: '^https?://[^/?#@]+$',
      expected: 'an origin like https://media.example.com',
    }),
  ),
  ESTEIRA_LOG_LEVEL: Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
    description: 'Least important log line that is written.',
    default: 'info',
  }),
  ESTEIRA_LOG_FILE: Type.Optional(Type.String({ description: 'File to write the log to.', derived: 'standard error' })),
  ESTEIRA_CORS_ORIGINS: Type.Array(Type.String({ pattern: '^https?://[^/?#@*]+$' }), {
    description: 'Web origins, besides its own, whose pages may call the API.',
    default: [],
    expected: 'origins like https://shop.example.com, separated by commas',
  }),
  ESTEIRA_TRUST_PROXY: Type.Array(Type.String({ pattern: '^([0-9a-fA-F.:/]+|loopback|linklocal|uniquelocal)$' }), {
    description: 'Proxies whose `X-Forwarded-*` headers are believed.',
    default: [],
    expected: 'addresses, CIDR ranges, `loopback`, `linklocal` or `uniquelocal`, separated by commas',
  }),
  ...mediaVariables,
  ESTEIRA_UPLOAD_TTL: Type.Integer({
    description: 'How long an upload in pieces may take from its beginning; what is there of it is removed then.',
    default: 86_400,
    minimum: 1,
    maximum: 30 * 86_400,
    unit: 'seconds',
  }),
  ESTEIRA_REGIONS: Type.Array(
    Type.String({ pattern: '^[a-z0-9-]{1,40}(:[A-Z]{2}(\\+[A-Z]{2})*)?=https?://[^/?#@]+$' }),
    {
      description:
        'Servers elsewhere to which `GET /v1/uploads/endpoint` may lead, each a name, the countries it is for if any ' +
        '(ISO 3166, as a CDN among `ESTEIRA_TRUST_PROXY` says them), and its origin: ' +
        '`br:BR+AR+CL=https://br.example.com,eu=https://eu.example.com`.',
      default: [],
      expected: 'regions like br:BR+AR=https://br.example.com, separated by commas',
    },
  ),
  ESTEIRA_RESULT_TTL: Type.Integer({
    description: 'How long results and their files are kept after the job has finished; 0 keeps them.',
    default: 30 * 86_400,
    minimum: 0,
    maximum: 100 * 365 * 86_400,
    unit: 'seconds',
  }),
  ESTEIRA_WORKER_PROCESSES: Type.Optional(
    Type.Integer({
      description:
        'Most child processes that work at the same time. How many there are follows the work, the CPU and free memory.',
      derived: 'one for every two cores, as far as memory allows; those of the container where it has limits',
      minimum: 1,
      maximum: 256,
      unit: 'processes',
    }),
  ),
  ESTEIRA_WORKER_PROCESSES_MIN: Type.Integer({
    description: 'Child processes that stay once they were started, even when there is nothing to do or memory is low.',
    default: 0,
    minimum: 0,
    maximum: 256,
    unit: 'processes',
  }),
  ESTEIRA_WORKER_MEMORY_BYTES: Type.Integer({
    description: 'Memory that one child process may use; it is ended when it takes more.',
    default: 3 * gibibyte,
    minimum: 256 * mebibyte,
    maximum: 1_024 * gibibyte,
    unit: 'bytes',
  }),
  ESTEIRA_WORKER_THREADS: Type.Optional(
    Type.Integer({
      description: 'Threads that one child process computes with.',
      derived: 'the cores, divided among the child processes',
      minimum: 1,
      maximum: 256,
      unit: 'threads',
    }),
  ),
  ESTEIRA_DEADLINE_FACTOR: Type.Number({
    description:
      'What the time limit of every job is multiplied by: above 1 for machines that are slow, or shared with others. ' +
      'Limits grow with the size of the files ([operations](operations.md#time-limits)).',
    default: 1,
    minimum: 0.1,
    maximum: 100,
    unit: 'times',
  }),
  ESTEIRA_EXECUTION_PROVIDERS: Type.Array(Type.Enum([...executionProviders]), {
    description:
      'What may compute networks, best first. One that is absent or fails is passed over; the CPU is always last.',
    default: ['cpu'],
    expected: `names among ${executionProviders.join(', ')}, separated by commas`,
  }),
  ESTEIRA_QUEUE_DRIVER: Type.Optional(
    Type.Enum(['embedded', 'postgres', 'redis'], {
      description:
        'What tells workers in other processes that there is a job. The jobs themselves wait in the database.',
      derived: '`redis` with `REDIS_URL`, else `postgres` with `DATABASE_URL`, else `embedded`',
    }),
  ),
  ESTEIRA_SHUTDOWN_GRACE_MS: Type.Integer({
    description:
      'How long running jobs and open requests may take to end after SIGTERM. Jobs that do not are run again.',
    default: 10_000,
    minimum: 0,
    maximum: 3_600_000,
    unit: 'milliseconds',
  }),
  ESTEIRA_SHUTDOWN_DELAY_MS: Type.Integer({
    description:
      'How long requests are still taken after SIGTERM, while `/readyz` is red already: until whoever balances the ' +
      'load has seen it.',
    default: 0,
    minimum: 0,
    maximum: 600_000,
    unit: 'milliseconds',
  }),
  ESTEIRA_WORKER_PROCESSORS: Type.Array(Type.String({ pattern: '^([a-z]+\\.([a-z0-9-]+|\\*)|\\*)$' }), {
    description:
      'Processors whose jobs this process takes, so that some hosts can be kept for some work; `*` is all of them.',
    default: ['*'],
    expected: 'names of processors, or patterns like image.*, separated by commas',
  }),
  ESTEIRA_TENANT_CONCURRENCY: Type.Integer({
    description: 'Most jobs of one tenant that all workers together run at once; 0 is no limit.',
    default: 0,
    minimum: 0,
    maximum: 100_000,
    unit: 'jobs',
  }),
  ESTEIRA_PROCESSOR_CONCURRENCY: Type.Array(Type.String({ pattern: '^[a-z]+\\.[a-z0-9-]+=[1-9]\\d{0,4}$' }), {
    description: 'Most jobs of a processor that all workers together run at once.',
    default: [],
    expected: 'pairs like image.cutout=4, separated by commas',
  }),
  ESTEIRA_WARM: Type.Array(Type.String({ pattern: '^[a-z]+\\.[a-z0-9-]+$' }), {
    description: 'Processors whose child process is started, with its model loaded, before the first job comes.',
    default: [],
    expected: 'names of processors, like image.cutout, separated by commas',
  }),
  ESTEIRA_CUTOUT_PROVIDER: Type.Enum(['local', 'gradio', 'rembg', 'removebg'], {
    description:
      'Who finds the subject of pictures: the model on this machine, or somebody outside, who then gets to see the ' +
      'pictures ([outside providers](providers.md)).',
    default: 'local',
  }),
  ESTEIRA_CUTOUT_FALLBACK: Type.Enum(['local', 'none'], {
    description: 'What happens when an outside provider fails: the model on this machine does it, or the job fails.',
    default: 'local',
  }),
  ESTEIRA_GRADIO_URL: Type.Optional(
    Type.String({
      description:
        'The Gradio app for `ESTEIRA_CUTOUT_PROVIDER=gradio`; `#/name` at its end chooses one of its functions.',
      derived: 'none',
      ...webAddress,
      expected: 'a URL like https://user-space.hf.space',
    }),
  ),
  ESTEIRA_GRADIO_TIMEOUT_MS: Type.Integer({
    description: 'How long one try may take, with the wait in the queue of the Space.',
    default: 120_000,
    minimum: 1_000,
    maximum: 3_600_000,
    unit: 'milliseconds',
  }),
  ESTEIRA_GRADIO_RETRIES: Type.Integer({
    description: 'How often it is tried again when it fails for a reason that may pass.',
    default: 2,
    minimum: 0,
    maximum: 10,
    unit: 'tries',
  }),
  ESTEIRA_REMBG_URL: Type.Optional(
    Type.String({
      description:
        'The rembg server for `ESTEIRA_CUTOUT_PROVIDER=rembg`; its query becomes fields of the form (`?model=u2net`).',
      derived: 'none',
      ...webAddress,
      expected: 'a URL like http://127.0.0.1:7000',
    }),
  ),
  ESTEIRA_REMOVEBG_KEY: Type.Optional(
    Type.String({
      description: 'The API key for `ESTEIRA_CUTOUT_PROVIDER=removebg`. Every answer costs credit there.',
      derived: 'none',
      pattern: '^[\\x21-\\x7e]+$',
      expected: 'a key of printable characters without spaces',
      secret: true,
    }),
  ),
  ESTEIRA_REMOVEBG_URL: Type.String({
    description: 'Where the remove.bg API is; another server may have the same.',
    default: 'https://api.remove.bg',
    ...webAddress,
    expected: 'a URL like https://api.remove.bg',
  }),
  ESTEIRA_URL_SIGNING_KEYS: Type.Array(Type.String({ pattern: '^[\\x21-\\x2b\\x2d-\\x7e]{32,}$' }), {
    description:
      'Keys that sign the addresses of pictures (`/i/…`). The first one signs, all of them are believed: to change it, ' +
      'put a new one in front, and take the old one away when its addresses may end. With none, a random key is made ' +
      'once and kept in the database.',
    default: [],
    expected: 'texts of at least 32 characters, separated by commas',
    secret: true,
  }),
  ESTEIRA_MAX_EVENT_STREAMS: Type.Integer({
    description: 'Most streams of `GET /v1/events` that one process keeps open.',
    default: 10_000,
    minimum: 1,
    maximum: 11_000,
    unit: 'streams',
  }),
  ESTEIRA_MAX_EVENT_STREAMS_PER_USER: Type.Integer({
    description: 'Most of them for one user. Without accounts everybody is the same user.',
    default: 1_000,
    minimum: 1,
    maximum: 11_000,
    unit: 'streams',
  }),
  ESTEIRA_IMPORT_PRIVATE_HOSTS: Type.Array(
    Type.String({ pattern: '^([0-9a-fA-F:.]+(/\\d{1,3})?|[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?)$' }),
    {
      description:
        'Servers that are not on the public internet and from which files may be imported by URL all the same, at any ' +
        'port: whoever may import reaches them through this server.',
      default: [],
      expected: 'host names, addresses or CIDR ranges like 10.1.0.0/16, separated by commas',
    },
  ),
  ESTEIRA_WEBHOOK_PRIVATE_HOSTS: Type.Optional(
    Type.Array(Type.String({ pattern: '^([0-9a-fA-F:.]+(/\\d{1,3})?|[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?)$' }), {
      description:
        'Receivers of webhooks that are not on the public internet and may be called all the same: whoever may make ' +
        'webhooks reaches them through this server. `none`: nobody.',
      derived:
        'this machine (`127.0.0.0/8`, `::1`) while nobody else uses the server: `ESTEIRA_AUTH=local` without ' +
        '`ESTEIRA_PUBLIC_URL` and `ESTEIRA_TRUST_PROXY`; else nobody',
      expected: 'host names, addresses or CIDR ranges like 10.1.0.0/16, separated by commas',
    }),
  ),
  DATABASE_URL: Type.Optional(
    Type.String({
      description: 'PostgreSQL to keep everything in.',
      derived: 'the embedded database in the data folder',
      pattern: '^postgres(ql)?://.',
      expected: 'a URL like postgres://user:password@host:5432/esteira',
      secret: true,
    }),
  ),
  REDIS_URL: Type.Optional(
    Type.String({
      description: 'Redis for the queue. Its `maxmemory-policy` must be `noeviction`.',
      derived: 'no Redis',
      pattern: '^rediss?://.',
      expected: 'a URL like redis://:password@host:6379/0',
      secret: true,
    }),
  ),
  ...limitVariables,
  ...privacyVariables,
  ...s3Variables,
  ESTEIRA_TEST: Type.Boolean({ description: 'Allows what only tests of Esteira itself need.', default: false }),
  ESTEIRA_LEASE_MS: Type.Integer({
    description:
      'How long a worker may be silent before its jobs are given to another. Changed only by tests, with `ESTEIRA_TEST=1`.',
    default: usualLeaseMs,
    minimum: 1_000,
    maximum: 600_000,
    unit: 'milliseconds',
  }),
  ESTEIRA_FAILPOINT: Type.Optional(
    Type.Enum([...failpointNames], {
      description: 'The place at which this process kills itself. Only with `ESTEIRA_TEST=1`.',
      derived: 'nowhere',
    }),
  ),
});

/** The words of the schema that this file adds or relies on. */
export interface VariableSchema extends TSchema {
  description?: string;
  default?: unknown;
  unit?: string;
  derived?: string;
  expected?: string;
  secret?: boolean;
  type?: string;
  enum?: string[];
  minimum?: number;
  maximum?: number;
}

/** What a variable may be, in words: `a whole number from 0 to 65535`. */
export function expectation(schema: VariableSchema): string {
  if (schema.expected) return schema.expected;
  if (schema.enum) return `one of ${schema.enum.join(', ')}`;
  if (schema.type === 'boolean') return '1 or 0';
  if (schema.type === 'number') return `a number from ${schema.minimum} to ${schema.maximum}`;
  if (schema.type === 'integer') return `a whole number from ${schema.minimum} to ${schema.maximum}`;
  return 'text';
}
