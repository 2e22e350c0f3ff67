import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { Redis } from 'ioredis';
import type { Fleet } from './fleet.ts';
import { findProgram } from './programs.ts';

/** By a name for people: what is looked for. */
export type Traces = Readonly<Record<string, Buffer>>;

/**
 * Looks through everything in which a server keeps things: its data folders, file by file; a dump of its database; every
 * object of its bucket; all that is in Redis. Not its logs.
 *
 * @returns where what was found, `email: pg_dump`
 */
export async function leftBehind(fleet: Fleet, traces: Traces): Promise<string[]> {
  const found: string[] = [];
  const look = (where: string, bytes: Buffer): void => {
    for (const [what, trace] of Object.entries(traces)) if (bytes.includes(trace)) found.push(`${what}: ${where}`);
  };
  const folders = (await readdir(fleet.dir)).filter((name) => name.startsWith('data'));
  for (const folder of folders) {
    const entries = await readdir(join(fleet.dir, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      // The weights of models are large, and nobody's.
      if (!entry.isFile() || entry.parentPath.includes('/models')) continue;
      const path = join(entry.parentPath, entry.name);
      look(path.slice(fleet.dir.length + 1), await readFile(path).catch(() => Buffer.alloc(0)));
    }
  }
  const { DATABASE_URL: database, REDIS_URL: redis, S3_BUCKET: bucket } = fleet.engines;
  if (database !== undefined) look('pg_dump', await dump(database));
  if (bucket !== undefined) for (const [key, bytes] of await objects(fleet)) look(key, bytes);
  if (redis !== undefined) for (const [key, bytes] of await values(redis)) look(`redis ${key}`, bytes);
  return found.sort();
}

async function dump(url: string): Promise<Buffer> {
  const program = findProgram('pg_dump', '/usr/lib/postgresql/*/bin') ?? 'pg_dump';
  const options = { encoding: 'buffer', maxBuffer: 256 * 1024 * 1024 } as const;
  return (await promisify(execFile)(program, ['--inserts', url], options)).stdout;
}

async function objects({ engines }: Fleet): Promise<[string, Buffer][]> {
  const { S3_BUCKET: Bucket, S3_PREFIX: Prefix, S3_ENDPOINT: endpoint = '', S3_REGION: region = '' } = engines;
  const credentials = {
    accessKeyId: engines['S3_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: engines['S3_SECRET_ACCESS_KEY'] ?? '',
  };
  const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  try {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
    const read = Contents.map(async ({ Key = '' }): Promise<[string, Buffer]> => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      return [Key, Buffer.from((await Body?.transformToByteArray()) ?? [])];
    });
    return await Promise.all(read);
  } finally {
    s3.destroy();
  }
}

async function values(url: string): Promise<[string, Buffer][]> {
  const redis = new Redis(url);
  try {
    const keys = await redis.keys('*');
    const dumped = keys.map(
      async (key): Promise<[string, Buffer]> => [
        key,
        Buffer.concat([Buffer.from(key), (await redis.dumpBuffer(key)) ?? Buffer.alloc(0)]),
      ],
    );
    return await Promise.all(dumped);
  } finally {
    redis.disconnect();
  }
}
