import { readFile } from 'node:fs/promises';
import { operatorTenantHeader } from '#accounts/identity/local-operator.ts';
import type { Config } from '#config.ts';
import { lockDataDir } from '#database/data-dir-lock.ts';
import { AppError, isErrorCode } from '#kernel/errors.ts';
import { createLogger } from '#observability/logger.ts';
import { operatorTokenPath } from './admin-door.ts';
import { notWritable } from './data-folder.ts';

export type AdminMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface AdminRequest {
  readonly method: AdminMethod;
  /** With its query: `/v1/users?limit=50`. */
  readonly path: string;
  readonly body?: object | undefined;
  /** The workspace to act in; none: the server itself. */
  readonly tenantId?: string | undefined;
}

/** The API, as whoever owns this machine may use it. */
export interface Admin extends AsyncDisposable {
  /**
   * @returns the answer's body: JSON parsed, anything else as text; undefined when there is none
   * @throws AppError the problem that the API answered with, or DATABASE_UNAVAILABLE when the server does not answer
   */
  request(request: AdminRequest): Promise<unknown>;
}

const timeoutMs = 120_000;

/**
 * Opens the way to the API: that of the server which holds the data folder, else one inside this process, without a port.
 * On PostgreSQL it is always inside this process: servers that run elsewhere are told what has changed.
 *
 * @throws AppError what kept it from opening
 */
export async function openAdmin(config: Config): Promise<Admin> {
  const address = config.databaseUrl === undefined ? await holderOf(config.dataDir) : undefined;
  return address === undefined ? await inThisProcess(config) : throughServer(config, address);
}

/** @returns where the server answers that holds the data folder */
async function holderOf(dataDir: string): Promise<string | undefined> {
  try {
    (await lockDataDir(dataDir, '')).release();
    return undefined;
  } catch (error) {
    const address = error instanceof AppError ? error.extensions['address'] : undefined;
    if (typeof address === 'string') return address;
    return notWritable(error);
  }
}

async function inThisProcess(config: Config): Promise<Admin> {
  await using opened = new AsyncDisposableStack();
  const [{ openParts }, { openApi }] = await Promise.all([import('./open-parts.ts'), import('./api.ts')]);
  const log = createLogger({ level: 'silent' });
  const parts = await openParts({ ...config, role: 'api' }, log, opened);
  const app = await openApi(parts, opened, false);
  const lasting = opened.move();
  return {
    async request({ method, path, body, tenantId }) {
      // Addresses in answers are made of it.
      const host = `localhost:${config.port}`;
      const headers = { host, ...headersOf(config, parts.localOperator.token, body, tenantId) };
      const payload = body === undefined ? {} : { payload: JSON.stringify(body) };
      const answer = await app.inject({ method, url: path, headers, ...payload });
      return result(answer.statusCode, String(answer.headers['content-type'] ?? ''), answer.payload);
    },
    [Symbol.asyncDispose]: () => lasting.disposeAsync(),
  };
}

function throughServer(config: Config, address: string): Admin {
  const origin = reachable(address);
  return {
    async request({ method, path, body, tenantId }) {
      // Read each time: a server that was started again has another one.
      const token = await readFile(operatorTokenPath(config.dataDir), 'utf8').catch((cause) => noToken(cause));
      const init = {
        method,
        headers: headersOf(config, token, body, tenantId),
        signal: AbortSignal.timeout(timeoutMs),
        redirect: 'error' as const,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      };
      const answer = await fetch(`${origin}${path}`, init).catch((cause) => noAnswer(origin, cause));
      return result(answer.status, answer.headers.get('content-type') ?? '', await answer.text());
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

function headersOf(config: Config, token: string, body: object | undefined, tenantId: string | undefined) {
  const [proxySecret] = config.proxySecrets;
  return {
    authorization: `Bearer ${token}`,
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(tenantId !== undefined && { [operatorTenantHeader]: tenantId }),
    ...(proxySecret !== undefined && { 'x-esteira-proxy-secret': proxySecret }),
  };
}

/** A server that listens everywhere listens here. */
function reachable(address: string): string {
  const url = new URL(address);
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1';
  if (url.hostname === '[::]') url.hostname = '[::1]';
  return url.origin;
}

function result(status: number, contentType: string, text: string): unknown {
  const body: unknown = contentType.includes('json') && text !== '' ? JSON.parse(text) : text || undefined;
  if (status < 400) return body;
  const { code, detail, ...rest } = Object(body) as Record<string, unknown>;
  const { type: _type, title: _title, status: _status, requestId: _id, ...extensions } = rest;
  if (isErrorCode(code)) throw new AppError(code, String(detail), { extensions });
  throw new AppError('INTERNAL', `The server answered with status ${status}. Its log says why.`);
}

function noToken(cause: unknown): never {
  const { code } = cause as NodeJS.ErrnoException;
  const detail = `A server holds the data folder, and what lets its owner in cannot be read (${code}).`;
  throw new AppError('FORBIDDEN', `${detail} Run this as the user that the server runs as.`, { cause });
}

function noAnswer(origin: string, cause: unknown): never {
  throw new AppError('DATABASE_UNAVAILABLE', `The server at ${origin} does not answer. Try again, or stop it.`, {
    cause,
  });
}
