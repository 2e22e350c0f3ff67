import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type ErrorCode, errorTable } from '#kernel/errors.ts';
import type { IsolatedServer } from '../isolated-server.ts';
import { leakIn } from '../leaks.ts';
import { createDice } from './dice.ts';
import { type Document, operationsOf, resolverOf } from './operations.ts';
import { type FuzzRequest, type FuzzWorld, requestFor } from './requests.ts';

export interface FuzzOptions {
  readonly seed: number;
  readonly requests: number;
  readonly document: Document;
  readonly processors: readonly string[];
  readonly files: readonly Buffer[];
  /** Headers of those who ask, by turns. */
  readonly actors: readonly Readonly<Record<string, string>>[];
  /** Makes one of everything, now and then: requests remove what is there. @returns their ids, by `jobs`, `assets` and so on */
  refill(): Promise<Readonly<Record<string, string>>>;
}

export interface FuzzReport {
  readonly sent: number;
  readonly operations: number;
  /** How often each status was answered. */
  readonly statuses: ReadonlyMap<number, number>;
  /** What must not be, with the request that did it. */
  readonly problems: readonly string[];
}

const together = 8;
const patienceMs = 90_000;
const refillEvery = 400;
const maxIds = 20;
/** Those who ask are not removed: then nobody would be left to ask. */
const ofPeople = ['auth', 'members', 'users'];
/** Half a minute of being busy is not for the work of eight clients. */
const maxTries = 15;
/** What this server cannot do by its settings, said as documented. */
const trueRefusals: readonly ErrorCode[] = ['DIRECT_UPLOAD_UNAVAILABLE'];

/** Asks every operation again and again, each time in another way. */
export async function runFuzz(server: IsolatedServer, options: FuzzOptions): Promise<FuzzReport> {
  const dice = createDice(options.seed);
  const operations = operationsOf(options.document);
  const agent = new Agent({ keepAlive: true, maxSockets: together * 2 });
  const statuses = new Map<number, number>();
  const problems: string[] = [];
  const ids = new Map<string, string[]>();
  const know = (kind: string, id: string) => ids.set(kind, [...(ids.get(kind) ?? []).slice(1 - maxIds), id]);
  let sent = 0;
  const resolve = resolverOf(options.document);

  async function one(): Promise<void> {
    const world: FuzzWorld = { ids, processors: options.processors, files: options.files, resolve };
    // In turn, so that each has its share.
    const operation = operations[sent % operations.length];
    if (operation === undefined) throw new Error('The document has no operations.');
    sent += 1;
    const asked = requestFor(operation, dice, world);
    const actor = dice.pick(options.actors);
    const answer = await patiently(() => send(server, agent, asked, actor)).catch((error: Error) =>
      String(error.cause ?? error.message),
    );
    if (typeof answer === 'string') {
      problems.push(`no answer (${answer}): ${shown(asked)}`);
      return;
    }
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    const problem = problemIn(answer, server, asked);
    if (problem !== undefined) problems.push(`${problem}: ${shown(asked)} → ${String(answer.bytes).slice(0, 600)}`);
    const id =
      answer.status < 300 ? /"id":"([0-9a-f-]{36})"/.exec(String(answer.bytes.subarray(0, 2_000)))?.[1] : undefined;
    const kind = operation.path.split('/')[2] ?? '';
    if (id !== undefined && !ofPeople.includes(kind)) know(kind, id);
  }

  while (sent < options.requests) {
    for (const [kind, id] of Object.entries(await options.refill())) know(kind, id);
    const until = Math.min(options.requests, sent + refillEvery);
    await Promise.all(
      Array.from({ length: together }, async () => {
        while (sent < until) await one();
      }),
    );
  }
  agent.destroy();
  return { sent, operations: operations.length, statuses, problems };
}

/** A server that says it has too much to do is believed while the machine has, and asked again when it said so. */
async function patiently(ask: () => Promise<FuzzAnswer>): Promise<FuzzAnswer> {
  for (let tries = 0; ; tries += 1) {
    const answer = await ask();
    const isBusy = answer.status === 503 && answer.bytes.includes('"code":"OVERLOADED"');
    const seconds = Number(answer.headers['retry-after']);
    if (!isBusy || tries === maxTries || !(seconds > 0)) return answer;
    await delay(seconds * 1_000);
  }
}

interface FuzzAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
}

function send(
  server: IsolatedServer,
  agent: Agent,
  asked: FuzzRequest,
  actor: Readonly<Record<string, string>>,
): Promise<FuzzAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<FuzzAnswer>();
  const { body = Buffer.alloc(0), method, path } = asked;
  const length = { 'content-length': String(body.length) };
  const headers = {
    host: server.host,
    ...(body.length > 0 || !['GET', 'HEAD'].includes(method) ? length : {}),
    ...actor,
    ...asked.headers,
  };
  const sent = request({
    socketPath: server.socketPath,
    agent,
    method,
    path,
    headers,
    signal: AbortSignal.timeout(patienceMs),
  });
  sent.on('error', reject);
  sent.on('response', (response) => {
    const chunks: Buffer[] = [];
    const { statusCode: status = 0 } = response;
    const done = () => resolve({ status, headers: response.headers, bytes: Buffer.concat(chunks) });
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      // Streams of events have no end.
      if (response.headers['content-type']?.startsWith('text/event-stream')) {
        done();
        response.destroy();
      }
    });
    response.on('end', done);
    response.on('error', reject);
  });
  sent.end(body);
  return promise;
}

function problemIn(answer: FuzzAnswer, server: IsolatedServer, { method }: FuzzRequest): string | undefined {
  const { status, headers, bytes } = answer;
  const leak = leakIn(answer, server);
  if (leak !== undefined) return `the answer ${status} shows ${leak}`;
  const type = String(headers['content-type'] ?? '');
  const isProblem = type.startsWith('application/problem+json');
  const code = isProblem && bytes.length > 0 ? (JSON.parse(String(bytes)) as { code?: ErrorCode }).code : undefined;
  if (status >= 500 && !(code !== undefined && trueRefusals.includes(code))) return `${status}`;
  if (code !== undefined && errorTable[code]?.status !== status) return `${code} was answered with ${status}`;
  const isJson = isProblem || type.startsWith('application/json');
  if (status >= 400 && method !== 'HEAD' && !isJson) return `${status} is no problem document but ${type || 'nothing'}`;
  return undefined;
}

/** Enough to send it again. */
function shown({ method, path, headers, body }: FuzzRequest): string {
  return `${method} ${path.slice(0, 400)} ${JSON.stringify(headers).slice(0, 600)} ${JSON.stringify(body?.toString('latin1').slice(0, 600) ?? '')}`;
}
