import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import pg from 'pg';
import { findProgram, installWithApt } from './programs.ts';
import { freePort, freshServerDir, type Restartable, serverUser, startGuarded } from './server-process.ts';

/**
 * The real servers that contract tests run against. Their URLs come from the environment when they are set there
 * (test/run.ts starts one of each and sets them); otherwise this process starts its own, which ends with it.
 */

let postgres: Promise<string> | undefined;
let redis: Promise<string> | undefined;

/**
 * URL of a PostgreSQL server whose user may create databases.
 *
 * @throws Error saying what to install when no server can be had
 */
export function postgresUrl(): Promise<string> {
  postgres ??= process.env['TEST_DATABASE_URL'] ? Promise.resolve(process.env['TEST_DATABASE_URL']) : startPostgres();
  return postgres;
}

/** URL of a Redis server that never evicts. @throws Error saying what to install when no server can be had */
export function redisUrl(): Promise<string> {
  redis ??= process.env['TEST_REDIS_URL'] ? Promise.resolve(process.env['TEST_REDIS_URL']) : startRedis();
  return redis;
}

export interface FreshDatabase {
  readonly url: string;
  /** Removes it, ending the connections that are still open. */
  drop(): Promise<void>;
}

/** An empty database of one test's own on the PostgreSQL server. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const serverUrl = await postgresUrl();
  const name = `test_${randomBytes(8).toString('hex')}`;
  await runSql(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => runSql(serverUrl, `drop database if exists ${name} with (force)`) };
}

export interface OwnServer extends Restartable {
  readonly url: string;
}

/** A PostgreSQL of one test's own: to be stopped, killed, started again. What it has committed survives that. */
export function ownPostgres(): Promise<OwnServer> {
  return openPostgres(['fsync=off']);
}

async function startPostgres(): Promise<string> {
  // The data lives for minutes: nothing is gained by waiting for the disk. Processes may still be killed.
  return (await openPostgres(['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'])).url;
}

async function openPostgres(durability: readonly string[]): Promise<OwnServer> {
  const find = () => findProgram('postgres', '/usr/lib/postgresql/*/bin');
  const binary = find() ?? installWithApt('postgresql', find);
  const dir = freshServerDir('postgres');
  const user = serverUser();
  execFileSync(
    binary.replace(/postgres$/, 'initdb'),
    ['-D', `${dir}/data`, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    { ...user, cwd: dir, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const port = await freePort();
  const settings = [...durability, 'max_connections=300', 'jit=off'];
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const server = await startGuarded({
    command: [binary, '-D', `${dir}/data`, '-p', `${port}`, '-h', '127.0.0.1', '-k', ''].concat(
      settings.flatMap((setting) => ['-c', setting]),
    ),
    dir,
    user,
    ready: () => runSql(url, 'select 1'),
  });
  return { url, ...server };
}

/** A Redis of one test's own, to be set up or broken as no shared one may be; it ends with this process. */
export async function ownRedis(settings: readonly string[] = []): Promise<string> {
  return (await ownRedisServer(settings)).url;
}

async function startRedis(): Promise<string> {
  return (await ownRedisServer()).url;
}

/** The same, to be stopped and started again, empty. */
export async function ownRedisServer(settings: readonly string[] = []): Promise<OwnServer> {
  const find = () => findProgram('redis-server') ?? findProgram('valkey-server');
  const binary = find() ?? installWithApt('redis-server', find);
  const dir = freshServerDir('redis');
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const server = await startGuarded({
    command: [
      binary,
      '--port',
      `${port}`,
      '--bind',
      '127.0.0.1',
      '--dir',
      dir,
      '--save',
      '',
      '--appendonly',
      'no',
      ...settings,
    ],
    dir,
    user: serverUser(),
    ready: () => pingRedis(url),
  });
  return { url, ...server };
}

/** One statement on a connection of its own. */
export async function runSql(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {}); // the failed query says it
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function pingRedis(url: string): Promise<void> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  client.on('error', () => {}); // the failed ping says it
  try {
    await client.connect();
    await client.ping();
  } finally {
    client.disconnect();
  }
}
