import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { AppError } from '#kernel/errors.ts';
import { gibibyte, mebibyte } from '#kernel/units.ts';
import { type Config, type Environment, loadConfig } from './config.ts';
import { configSchema, type VariableSchema } from './config-schema.ts';

const empty = mkdtempSync(join(tmpdir(), 'esteira-config-'));
const machine = { cores: 2, memoryBytes: 8 * gibibyte };
const load = (environment: Environment, cwd = empty): Config => loadConfig(environment, cwd, machine);

function problemsOf(environment: Environment, cwd = empty): readonly string[] {
  try {
    load(environment, cwd);
  } catch (error) {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'CONFIG_INVALID');
    return error.extensions['problems'] as string[];
  }
  return [];
}

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'esteira-config-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

describe('regions', () => {
  test('are names, countries if any, and origins', () => {
    assert.deepEqual(load({}).regions, []);
    assert.deepEqual(load({ ESTEIRA_REGIONS: 'br:BR+AR+CL=https://br.example.com, eu=http://10.0.0.1:3000' }).regions, [
      { name: 'br', origin: 'https://br.example.com', countries: ['BR', 'AR', 'CL'] },
      { name: 'eu', origin: 'http://10.0.0.1:3000', countries: [] },
    ]);
  });

  test('that lead to no origin, or twice to one name, are refused', () => {
    for (const text of ['br', 'br=', 'br=br.example.com', 'br=https://a/path', 'br:br=https://a', 'BR=https://a']) {
      assert.equal(problemsOf({ ESTEIRA_REGIONS: text }).length, 1, text);
    }
    assert.match(problemsOf({ ESTEIRA_REGIONS: 'a=https://a,a=https://b' })[0] ?? '', /twice/);
  });
});

describe('defaults', () => {
  test('an empty environment is a working configuration on loopback', () => {
    const config = load({});
    assert.equal(config.host, '127.0.0.1');
    assert.equal(config.port, 3000);
    assert.equal(config.dataDir, join(empty, 'data'));
    assert.equal(config.role, 'all');
    assert.equal(config.queueDriver, 'embedded');
    assert.equal(config.maxUploadBytes, 62_914_560);
    assert.equal(config.maxDurationSeconds, 4 * 3_600);
    assert.deepEqual(config.programs, {});
    assert.equal(config.resultTtlMs, 30 * 24 * 3_600_000);
    assert.ok(Object.isFrozen(config));
  });

  test('an empty value is no value, as compose files write it', () => {
    assert.equal(load({ ESTEIRA_PORT: '', DATABASE_URL: ' ' }).port, 3000);
  });

  test('ffmpeg is what the PATH leads to, unless it is off', () => {
    const folder = mkdtempSync(join(tmpdir(), 'esteira-config-path-'));
    const ffmpeg = join(folder, 'ffmpeg');
    writeFileSync(ffmpeg, '#!/bin/sh\n', { mode: 0o755 });
    assert.deepEqual(load({ PATH: `/nowhere:${folder}` }).programs, { ffmpeg });
    assert.deepEqual(load({ PATH: folder, ESTEIRA_FFMPEG: 'off' }).programs, {});
  });

  test('children and threads fit the cores and the memory', () => {
    const shares = (cores: number, memoryGib: number) => {
      const config = loadConfig({}, empty, { cores, memoryBytes: memoryGib * gibibyte });
      return [config.workerProcesses, config.workerThreads];
    };
    assert.deepEqual(shares(1, 8), [1, 1]);
    assert.deepEqual(shares(2, 8), [1, 2]);
    assert.deepEqual(shares(8, 32), [4, 2]);
    assert.deepEqual(shares(8, 8), [2, 4]); // three quarters of 8 GiB hold two children of 3 GiB
    assert.deepEqual(shares(8, 1), [1, 8]);
    assert.deepEqual(shares(0.5, 8), [1, 1]);
    assert.deepEqual(shares(5.5, 32), [2, 2]);
  });

  test('so many children stay as is said, and no more than there may be', () => {
    const processes = (environment: Environment) => {
      const { workerProcesses, minWorkerProcesses } = load(environment);
      return [minWorkerProcesses, workerProcesses];
    };
    assert.deepEqual(processes({}), [0, 1]);
    assert.deepEqual(processes({ ESTEIRA_WORKER_PROCESSES_MIN: '3' }), [3, 3]);
    assert.deepEqual(processes({ ESTEIRA_WORKER_PROCESSES_MIN: '3', ESTEIRA_WORKER_PROCESSES: '4' }), [3, 4]);
    const wrong = { ESTEIRA_WORKER_PROCESSES_MIN: '3', ESTEIRA_WORKER_PROCESSES: '2' };
    assert.match(problemsOf(wrong).join(), /ESTEIRA_WORKER_PROCESSES_MIN must not be above/);
  });

  test('a factor is a number with a point', () => {
    assert.equal(load({}).deadlineFactor, 1);
    assert.equal(load({ ESTEIRA_DEADLINE_FACTOR: '2.5' }).deadlineFactor, 2.5);
    for (const wrong of ['0', '101', '1,5', '.5', '-1', '1e1']) {
      assert.match(
        problemsOf({ ESTEIRA_DEADLINE_FACTOR: wrong }).join(),
        /ESTEIRA_DEADLINE_FACTOR must be a number from 0.1 to 100/,
        wrong,
      );
    }
  });
});

describe('drivers', () => {
  const postgres = 'postgres://u:p@db/esteira';
  const redis = 'redis://cache:6379';

  test('are derived from the URLs', () => {
    assert.equal(load({ DATABASE_URL: postgres }).queueDriver, 'postgres');
    assert.equal(load({ DATABASE_URL: postgres, REDIS_URL: redis }).queueDriver, 'redis');
    assert.equal(load({ REDIS_URL: redis }).queueDriver, 'redis');
    assert.equal(
      load({ DATABASE_URL: postgres, REDIS_URL: redis, ESTEIRA_QUEUE_DRIVER: 'postgres' }).queueDriver,
      'postgres',
    );
  });

  test('need what they stand on', () => {
    assert.match(problemsOf({ ESTEIRA_QUEUE_DRIVER: 'redis' }).join(), /needs REDIS_URL/);
    assert.match(problemsOf({ ESTEIRA_QUEUE_DRIVER: 'postgres' }).join(), /needs DATABASE_URL/);
    assert.match(problemsOf({ ESTEIRA_QUEUE_DRIVER: 'embedded', DATABASE_URL: postgres }).join(), /use postgres/);
    assert.match(problemsOf({ ESTEIRA_ROLE: 'worker', REDIS_URL: redis }).join(), /needs DATABASE_URL/);
    assert.deepEqual(problemsOf({ ESTEIRA_ROLE: 'worker', DATABASE_URL: postgres }), []);
  });
});

describe('sources', () => {
  test('.env is read and the environment wins', () => {
    const folder = folderWith({ '.env': 'ESTEIRA_PORT=4000\nESTEIRA_LOG_LEVEL="warn" # quiet\nOTHER=1\n' });
    const config = load({ ESTEIRA_PORT: '5000' }, folder);
    assert.equal(config.port, 5000);
    assert.equal(config.logLevel, 'warn');
  });

  test('NAME_FILE names a file with the value', () => {
    const folder = folderWith({ url: 'postgres://u:p@db/esteira\n' });
    assert.equal(load({ DATABASE_URL_FILE: 'url' }, folder).databaseUrl, 'postgres://u:p@db/esteira');
    assert.match(problemsOf({ DATABASE_URL_FILE: 'url', DATABASE_URL: 'postgres://x' }, folder).join(), /both set/);
    assert.match(problemsOf({ REDIS_URL_FILE: 'nowhere' }, folder).join(), /REDIS_URL_FILE .* \(ENOENT\)/);
  });

  test('ESTEIRA_LOG_FILE is a setting of its own, not the file of another', () => {
    assert.equal(load({ ESTEIRA_LOG_FILE: 'a.log' }).logFile, join(empty, 'a.log'));
  });

  test('lists are separated by commas', () => {
    const config = load({
      ESTEIRA_CORS_ORIGINS: 'https://a.example, http://localhost:5173',
      ESTEIRA_WARM: 'image.cutout',
    });
    assert.deepEqual(config.corsOrigins, ['https://a.example', 'http://localhost:5173']);
    assert.deepEqual(config.warm, ['image.cutout']);
  });

  test('webhooks reach this machine only while nobody else uses the server, or somebody says so', () => {
    const hosts = (environment: Environment) => load(environment).webhookPrivateHosts;
    assert.deepEqual(hosts({}), ['127.0.0.0/8', '::1']);
    assert.deepEqual(hosts({ ESTEIRA_PUBLIC_URL: 'https://media.example' }), []);
    assert.deepEqual(hosts({ ESTEIRA_TRUST_PROXY: 'loopback' }), []);
    assert.deepEqual(hosts({ ESTEIRA_WEBHOOK_PRIVATE_HOSTS: 'none' }), []);
    const some = ['erp.internal', '10.1.0.0/16', 'fd00::/8', '192.168.0.7'];
    assert.deepEqual(hosts({ ESTEIRA_WEBHOOK_PRIVATE_HOSTS: some.join() }), some);
    for (const wrong of ['10.1.0.0/33', '10.1.0', '1:2', 'erp.internal/8', 'http://erp', '::/129']) {
      assert.equal(problemsOf({ ESTEIRA_WEBHOOK_PRIVATE_HOSTS: wrong }).length, 1, wrong);
    }
  });
});

describe('refusals', () => {
  test('everything that is wrong is said at once', () => {
    const problems = problemsOf({
      ESTEIRA_PRT: '1',
      ESTEIRA_PORT: '70000',
      ESTEIRA_ROLE: 'boss',
      ESTEIRA_MAX_UPLOAD_BYTES: '60MB',
    });
    assert.equal(problems.length, 4);
    assert.match(problems.join('\n'), /ESTEIRA_PRT is not a setting. Did you mean ESTEIRA_PORT\?/);
    assert.match(problems.join('\n'), /ESTEIRA_PORT must be a whole number from 0 to 65535, not "70000"/);
    assert.match(problems.join('\n'), /ESTEIRA_ROLE must be one of all, api, worker, not "boss"/);
  });

  test('an unknown name in .env counts, a strange one gets no suggestion', () => {
    assert.deepEqual(problemsOf({}, folderWith({ '.env': 'ESTEIRA_ZZ=1' })), ['ESTEIRA_ZZ is not a setting.']);
  });

  test('a secret is never repeated', () => {
    for (const name of ['DATABASE_URL', 'REDIS_URL']) {
      const [problem = ''] = problemsOf({ [name]: 'mysql://root:hunter2@db' });
      assert.match(problem, new RegExp(name));
      assert.doesNotMatch(problem, /hunter2/);
    }
  });

  test('without login only loopback is bound', () => {
    for (const host of ['0.0.0.0', '::', '192.168.0.1', 'example.com', '127.0.0.1.example.com']) {
      assert.match(problemsOf({ ESTEIRA_HOST: host }).join(), /loopback/, host);
    }
    for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost'])
      assert.deepEqual(problemsOf({ ESTEIRA_HOST: host }), []);
  });

  test('with accounts the server may listen anywhere, and what belongs together is asked for together', () => {
    assert.equal(load({ ESTEIRA_AUTH: 'accounts', ESTEIRA_HOST: '0.0.0.0' }).auth, 'accounts');
    assert.match(problemsOf({ ESTEIRA_ADMIN_EMAIL: 'a@example.com' }).join(), /ESTEIRA_ADMIN_PASSWORD belong together/);
    assert.match(problemsOf({ ESTEIRA_SMTP_URL: 'smtp://mail.example' }).join(), /ESTEIRA_MAIL_FROM belong together/);
    const oidc = { ESTEIRA_OIDC_ISSUER: 'https://id.example/', ESTEIRA_OIDC_CLIENT_ID: 'esteira' };
    assert.match(problemsOf(oidc).join(), /set all three.*ESTEIRA_OIDC_ISSUER needs ESTEIRA_PUBLIC_URL/s);
    const all = { ...oidc, ESTEIRA_OIDC_CLIENT_SECRET: 's', ESTEIRA_PUBLIC_URL: 'https://media.example' };
    assert.equal(load(all).accounts.oidc?.issuer, 'https://id.example');
  });

  test('a failpoint needs test mode', () => {
    assert.match(problemsOf({ ESTEIRA_FAILPOINT: 'after-enqueue' }).join(), /ESTEIRA_TEST=1/);
    assert.equal(load({ ESTEIRA_FAILPOINT: 'after-enqueue', ESTEIRA_TEST: '1' }).failpoint, 'after-enqueue');
  });

  test('numbers are whole numbers in decimal', () => {
    for (const value of ['1e3', '0x10', '-1', '1.5', ' 1 2', '٣']) {
      assert.equal(problemsOf({ ESTEIRA_MAX_FRAMES: value }).length, 1, value);
    }
  });
});

test('every number has a unit or is a port, every variable a description and a default or what replaces it', () => {
  for (const [name, schema] of Object.entries(configSchema.properties)) {
    const words: VariableSchema = schema;
    assert.ok(words.description, name);
    assert.ok(words.default !== undefined || words.derived, name);
    if (words.type === 'integer' && !name.endsWith('_PORT')) assert.ok(words.unit, name);
  }
});

test('a proxy lets people in only when it has a secret; then every address may be listened on', () => {
  const secret = 'a-secret-that-only-the-proxy-knows';
  const { host, auth, proxySecrets } = load({
    ESTEIRA_AUTH: 'proxy',
    ESTEIRA_PROXY_SECRETS: secret,
    ESTEIRA_HOST: '0.0.0.0',
  });
  assert.deepEqual([host, auth, proxySecrets], ['0.0.0.0', 'proxy', [secret]]);
  assert.match(problemsOf({ ESTEIRA_AUTH: 'proxy' }).join(), /needs ESTEIRA_PROXY_SECRETS/);
  const short = problemsOf({ ESTEIRA_AUTH: 'proxy', ESTEIRA_PROXY_SECRETS: 'too-short' }).join();
  assert.match(short, /at least 32 characters/);
  assert.ok(!short.includes('too-short'), 'a secret is not repeated');
});

test('several processes for the API need PostgreSQL, and an API', () => {
  const database = { DATABASE_URL: 'postgres://localhost/esteira' };
  assert.equal(load({ ...database, ESTEIRA_API_PROCESSES: '3' }).apiProcesses, 3);
  assert.match(problemsOf({ ESTEIRA_API_PROCESSES: '2' }).join(), /needs DATABASE_URL/);
  const worker = { ...database, ESTEIRA_API_PROCESSES: '2', ESTEIRA_ROLE: 'worker' };
  assert.match(problemsOf(worker).join(), /says nothing about a worker/);
});

describe('outside providers', () => {
  const names = { gradio: 'ESTEIRA_GRADIO_URL', rembg: 'ESTEIRA_REMBG_URL', removebg: 'ESTEIRA_REMOVEBG_KEY' };

  test('nothing leaves this machine by default', () => {
    assert.deepEqual(load({}).cutout, { provider: 'local' });
    assert.deepEqual(load({ ESTEIRA_GRADIO_URL: 'https://a.hf.space' }).cutout, { provider: 'local' });
  });

  test('each needs to know whom to ask', () => {
    for (const [provider, needed] of Object.entries(names)) {
      const [problem] = problemsOf({ ESTEIRA_CUTOUT_PROVIDER: provider });
      assert.equal(problem, `ESTEIRA_CUTOUT_PROVIDER=${provider} needs ${needed}.`);
    }
  });

  test('Gradio has limits of its own, and any may go without a fallback', () => {
    const gradio = {
      ESTEIRA_CUTOUT_PROVIDER: 'gradio',
      ESTEIRA_GRADIO_URL: 'https://a.hf.space#/png',
      ESTEIRA_GRADIO_TIMEOUT_MS: '5000',
      ESTEIRA_GRADIO_RETRIES: '0',
    };
    const expected = { provider: 'gradio', url: 'https://a.hf.space#/png', timeoutMs: 5_000, retries: 0 };
    assert.deepEqual(load(gradio).cutout, { ...expected, fallback: true });
    assert.deepEqual(load({ ...gradio, ESTEIRA_CUTOUT_FALLBACK: 'none' }).cutout, { ...expected, fallback: false });
  });

  test('a key that is wrong is not repeated', () => {
    const problems = problemsOf({ ESTEIRA_CUTOUT_PROVIDER: 'removebg', ESTEIRA_REMOVEBG_KEY: 'two words' });
    assert.ok(problems.length > 0 && problems.every((problem) => !problem.includes('two words')));
  });
});

describe('the object store', () => {
  const s3 = (environment: Environment) => load({ S3_BUCKET: 'media', ...environment }).s3;

  test('is this machine until a bucket is named', () => {
    assert.equal(load({}).s3, undefined);
    assert.deepEqual(problemsOf({ S3_ENDPOINT: 'https://s3.example.com' }), [
      'The S3_* settings need S3_BUCKET: without it, objects stay in the data folder.',
    ]);
  });

  test('is Amazon without an endpoint: its host names, its credentials, and clients can reach it', () => {
    const config = s3({});
    assert.deepEqual(
      [config?.forcePathStyle, config?.credentials, config?.redirectAboveBytes],
      [false, undefined, mebibyte],
    );
  });

  test('is another server with one, which clients may not reach', () => {
    const config = s3({ S3_ENDPOINT: 'http://minio:9000', S3_ACCESS_KEY_ID: 'a', S3_SECRET_ACCESS_KEY: 'b' });
    assert.deepEqual([config?.forcePathStyle, config?.redirectAboveBytes], [true, undefined]);
    assert.deepEqual(config?.credentials, { accessKeyId: 'a', secretAccessKey: 'b' });
    assert.equal(s3({ S3_ENDPOINT: 'http://a', S3_PUBLIC_ENDPOINT: 'https://b' })?.redirectAboveBytes, mebibyte);
    assert.equal(s3({ S3_REDIRECT_ABOVE_BYTES: '0' })?.redirectAboveBytes, undefined);
    assert.equal(s3({ S3_FORCE_PATH_STYLE: '1' })?.forcePathStyle, true);
  });

  test('half a credential is none, and a secret is not repeated', () => {
    const problems = problemsOf({ S3_BUCKET: 'media', S3_SECRET_ACCESS_KEY: 'hidden' });
    assert.deepEqual(problems, ['S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY belong together: set both, or none.']);
  });

  test('a prefix is folders that end', () => {
    assert.equal(s3({ S3_PREFIX: 'a/b/' })?.prefix, 'a/b/');
    for (const S3_PREFIX of ['a', '/a/', 'a//', '../']) {
      assert.equal(problemsOf({ S3_BUCKET: 'media', S3_PREFIX }).length, 1, S3_PREFIX);
    }
  });
});
