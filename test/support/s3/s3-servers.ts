import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { installWithApt } from '../programs.ts';
import { freePort, freshServerDir, startGuarded } from '../server-process.ts';

/**
 * S3 servers for tests: s3rver from npm, and OpenStack Swift with its S3 interface from Debian. Both keep what they are
 * given for as long as the tests run; each test takes a prefix of its own.
 *
 * A URL says all: `http://key:secret@127.0.0.1:1234/bucket`.
 */
export const s3ServerNames = ['s3rver', 'swift'] as const;
export type S3ServerName = (typeof s3ServerNames)[number];

export interface S3Server {
  /** With its version, for the report. */
  readonly engine: string;
  /** What a driver needs to know. */
  readonly settings: {
    readonly endpoint: string;
    readonly region: string;
    readonly bucket: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly forcePathStyle: true;
    readonly checksums: 'when-required';
  };
  /** Lets the server believe that the object was written so long ago. */
  makeOlder(key: string, ageMs: number): Promise<void>;
}

const bucket = 'esteira';
const region = 'us-east-1';
const variables = { s3rver: 'TEST_S3RVER_URL', swift: 'TEST_SWIFT_URL' };
const started: Partial<Record<S3ServerName, Promise<string>>> = {};

/** @throws Error saying what to install when no server can be had */
export function s3Url(name: S3ServerName): Promise<string> {
  const given = process.env[variables[name]];
  started[name] ??= given ? Promise.resolve(given) : start[name]();
  return started[name];
}

export async function s3Server(name: S3ServerName): Promise<S3Server> {
  const url = new URL(await s3Url(name));
  return {
    engine: await engineOf[name](url.origin),
    settings: settingsOf(url),
    async makeOlder(key, ageMs) {
      const query = new URLSearchParams({ key, seconds: String(ageMs / 1_000) });
      const { status } = await fetch(`${url.origin}/_test/older?${query}`, { method: 'POST' });
      if (status !== 204) throw new Error(`the server could not make ${key} older: ${status}`);
    },
  };
}

/** For test/run.ts: one of each for all test files. */
export async function shareS3Servers(): Promise<void> {
  for (const name of s3ServerNames) process.env[variables[name]] = await s3Url(name);
}

function settingsOf(url: URL): S3Server['settings'] {
  const credentials = {
    accessKeyId: decodeURIComponent(url.username),
    secretAccessKey: decodeURIComponent(url.password),
  };
  return {
    endpoint: url.origin,
    region,
    bucket: url.pathname.slice(1),
    credentials,
    forcePathStyle: true,
    checksums: 'when-required',
  };
}

const engineOf: Record<S3ServerName, (origin: string) => Promise<string>> = {
  async s3rver() {
    const { version } = createRequire(import.meta.url)('s3rver/package.json') as { version: string };
    return `s3rver ${version}`;
  },
  async swift(origin) {
    const info = (await (await fetch(`${origin}/info`)).json()) as { swift: { version: string } };
    return `OpenStack Swift ${info.swift.version}`;
  },
};

const start: Record<S3ServerName, () => Promise<string>> = {
  async s3rver() {
    const program = join(import.meta.dirname, 's3rver-server.ts');
    return await startServer('s3rver', [process.execPath, program], 'S3RVER:S3RVER');
  },

  async swift() {
    // All of it is in the library's package; those of its servers would start services.
    const python = '/usr/bin/python3';
    const find = () => (spawnSync(python, ['-c', 'import swift.proxy.server']).status === 0 ? python : undefined);
    if (find() === undefined) installWithApt('python3-swift', find, 'TEST_SWIFT_URL to such a server');
    const program = join(import.meta.dirname, 'swift-server.py');
    return await startServer('swift', [python, program], 'test%3Atester:test');
  },
};

async function startServer(name: S3ServerName, program: readonly string[], credentials: string): Promise<string> {
  const dir = freshServerDir(name);
  const port = await freePort();
  const url = new URL(`http://${credentials}@127.0.0.1:${port}/${bucket}`);
  const { checksums: _checksums, bucket: Bucket, ...client } = settingsOf(url);
  const s3 = new S3Client({ ...client, maxAttempts: 1 });
  await startGuarded({
    command: [...program, dir, `${port}`, bucket],
    dir,
    user: {},
    ready: async () => {
      await s3.send(new CreateBucketCommand({ Bucket })).catch((error: Error) => {
        if (!/^BucketAlready/.test(error.name)) throw error;
      });
    },
  });
  s3.destroy();
  return url.href;
}
