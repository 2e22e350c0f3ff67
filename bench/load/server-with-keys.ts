import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StartedServer, startServerProgram } from '../../test/support/program.ts';
import { freshDatabase } from '../../test/support/servers.ts';

export interface BenchServer {
  readonly server: StartedServer;
  readonly url: URL;
  /** Headers of each client; one, without any, where nobody signs in. */
  readonly credentials: readonly Readonly<Record<string, string>>[];
}

export interface BenchServerOptions {
  /** 0: nobody signs in. */
  readonly keys: number;
  /** PostgreSQL as another process, instead of the embedded one. */
  readonly postgres?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

const email = 'bench@example.org';
const password = 'forty-two-wet-horses-under-glass';

/** A server of its own, ready; `opened` ends it. */
export async function startBenchServer(
  options: BenchServerOptions,
  opened: AsyncDisposableStack,
): Promise<BenchServer> {
  const { keys, postgres = false, env } = options;
  const dir = await mkdtemp(join(tmpdir(), 'esteira-bench-'));
  opened.defer(() => rm(dir, { recursive: true, force: true, maxRetries: 3 }));
  const database = postgres ? await freshDatabase() : undefined;
  opened.defer(async () => database?.drop());
  const server = await startServerProgram([], {
    cwd: dir,
    env: {
      ESTEIRA_DATA_DIR: join(dir, 'data'),
      ESTEIRA_LOG_FILE: join(dir, 'log'),
      ...(database !== undefined && { DATABASE_URL: database.url }),
      ...(keys > 0 && {
        ESTEIRA_AUTH: 'accounts',
        ESTEIRA_ADMIN_EMAIL: email,
        ESTEIRA_ADMIN_PASSWORD: password,
      }),
      ...env,
    },
  });
  opened.defer(async () => void (await server.stop('SIGKILL')));
  return {
    server,
    url: new URL(server.address),
    credentials: keys === 0 ? [{}] : await makeKeys(server.address, keys),
  };
}

async function makeKeys(address: string, count: number): Promise<Readonly<Record<string, string>>[]> {
  const json = { 'content-type': 'application/json', origin: address };
  const signedIn = await fetch(`${address}/v1/auth/sign-in/email`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ email, password }),
  });
  const cookie = signedIn.headers
    .getSetCookie()
    .map((one) => one.split(';', 1)[0])
    .join('; ');
  const scopes = ['jobs:read', 'jobs:write', 'assets:read', 'assets:write', 'templates:read'];
  const made = [];
  for (let at = 0; at < count; at += 1) {
    const body = JSON.stringify({ name: `bench ${at}`, scopes });
    const answer = await fetch(`${address}/v1/api-keys`, { method: 'POST', headers: { ...json, cookie }, body });
    if (answer.status !== 201) throw new Error(`no key: ${await answer.text()}`);
    made.push({ 'x-api-key': ((await answer.json()) as { key: string }).key });
  }
  return made;
}

/** One finished job, to be read and to be asked for again. @returns its id, and the body of the request */
export async function makeJob(
  address: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly id: string; readonly assetId: string; readonly request: string }> {
  const upload = await fetch(`${address}/v1/assets`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/octet-stream' },
    body: new Uint8Array(await smallPng(0)),
  });
  const { id: assetId } = (await upload.json()) as { id: string };
  const request = JSON.stringify({ processor: 'image.resize', inputs: [assetId], params: { widthPx: 16 } });
  const created = await fetch(`${address}/v1/jobs`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', prefer: 'wait=60' },
    body: request,
  });
  const job = (await created.json()) as { id: string; status: string };
  if (job.status !== 'succeeded') throw new Error(`no job: ${JSON.stringify(job)}`);
  return { id: job.id, assetId, request };
}

/** A picture of 8 kB, another for each number. */
export async function smallPng(number: number): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  const side = 52;
  const noise = Buffer.from(Array.from({ length: side * side * 3 }, (_, at) => (at * 7_919 + number * 104_729) % 251));
  noise.writeUInt32LE(number, 0);
  return await sharp(noise, { raw: { width: side, height: side, channels: 3 } })
    .png({ compressionLevel: 0 })
    .toBuffer();
}
