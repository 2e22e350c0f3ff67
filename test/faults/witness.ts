import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import sharp from 'sharp';
import { readEvents } from '../support/event-reader.ts';
import type { Fleet } from '../support/fleet.ts';

/** A client that remembers all it was promised and all it was told. */
export interface Witness {
  /** Id of the event after which it began to watch. */
  readonly since: string;
  /** SHA-256 of the content, by id. */
  readonly assets: ReadonlyMap<string, string>;
  /** What each acknowledged job has to come to, by id. */
  readonly jobs: ReadonlyMap<string, Expected>;
  /** Texts of all answers. */
  readonly answers: readonly string[];
  /** Statuses of 500 and more, with their codes. */
  readonly refusals: readonly string[];
  /** The longest that any request was left waiting. */
  slowestMs(): number;
  /** @returns undefined when no answer came */
  ask(path: string, init?: RequestInit, address?: string): Promise<Response | undefined>;
  /** Repeats it until it is answered with 2xx. @returns the asset's id */
  upload(bytes: Buffer): Promise<string>;
  /** A copy of the picture with this at its end, asked for until it is acknowledged, with one Idempotency-Key. */
  copy(suffix: string, options?: CopyOptions): Promise<string>;
  create(request: JobRequest, expected: Expected, options?: CopyOptions): Promise<string>;
}

/** SHA-256 of the only output, or the code that it fails with. */
export type Expected = { readonly sha256: string } | { readonly failure: string };

interface CopyOptions {
  readonly runsMs?: number;
  /** One process, instead of all by turns. */
  readonly address?: string;
}

interface JobRequest {
  readonly processor: string;
  readonly params: Readonly<Record<string, unknown>>;
}

const patienceMs = 60_000;
const retryMs = 100;

/** @param fleet with the processors of test/fixtures */
export async function openWitness(fleet: Fleet): Promise<Witness> {
  const picture = await somePicture();
  const assets = new Map<string, string>();
  const jobs = new Map<string, Expected>();
  const answers: string[] = [];
  const refusals: string[] = [];
  let slowestMs = 0;
  const events = await readEvents(`${fleet.address}/v1/events`);
  await events.next(({ event }) => event === 'ready');
  const since = events.lastId() ?? '';
  events.close();

  async function ask(path: string, init: RequestInit = {}, address = fleet.address): Promise<Response | undefined> {
    const startedMs = performance.now();
    try {
      const response = await fetch(address + path, { signal: AbortSignal.timeout(30_000), ...init });
      const bytes = await response.arrayBuffer();
      if (/json|text/.test(response.headers.get('content-type') ?? '')) answers.push(Buffer.from(bytes).toString());
      if (response.status >= 500) refusals.push(`${response.status} ${codeIn(bytes)}`);
      return new Response(bytes, response);
    } catch {
      return undefined;
    } finally {
      slowestMs = Math.max(slowestMs, performance.now() - startedMs);
    }
  }

  /** As clients do: again after an answer that says "later", and after none. */
  async function insist(path: string, init: RequestInit, address?: string): Promise<{ readonly id: string }> {
    const deadlineMs = performance.now() + patienceMs;
    for (;;) {
      const response = await ask(path, init, address);
      if (response?.ok) return (await response.json()) as { id: string };
      const said = response === undefined ? 'no answer' : `${response.status} ${await response.text()}`;
      if (response !== undefined && response.status < 500) throw new Error(said);
      if (performance.now() > deadlineMs) throw new Error(`not within ${patienceMs} ms: ${said}`);
      await delay(retryMs);
    }
  }

  async function upload(bytes: Buffer): Promise<string> {
    const { id } = await insist('/v1/assets', { method: 'POST', body: new Uint8Array(bytes) });
    assets.set(id, sha256Of(bytes));
    return id;
  }

  const asset = await upload(picture);

  async function create({ processor, params }: JobRequest, expected: Expected, { address }: CopyOptions = {}) {
    const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
    const body = JSON.stringify({ processor, inputs: [asset], params });
    const { id } = await insist('/v1/jobs', { method: 'POST', headers, body }, address);
    jobs.set(id, expected);
    return id;
  }

  return {
    since,
    assets,
    jobs,
    answers,
    refusals,
    slowestMs: () => slowestMs,
    ask,
    upload,
    create,
    copy: (suffix, { runsMs = 0, ...options } = {}) =>
      create(
        { processor: 'test.copy', params: { suffix, runsMs } },
        { sha256: sha256Of(Buffer.concat([picture, Buffer.from(suffix)])) },
        options,
      ),
  };
}

/** One like no other. */
export function somePicture(): Promise<Buffer> {
  const [r, g, b, width] = randomBytes(4);
  return sharp({ create: { width: 1 + (width ?? 0), height: 1, channels: 3, background: { r, g, b } } })
    .png()
    .toBuffer();
}

export function sha256Of(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Runs them some at a time, in order. */
export async function each<T>(items: readonly T[], work: (item: T) => Promise<unknown>, atOnce = 16): Promise<void> {
  const left = [...items].reverse();
  const lane = async () => {
    for (let item = left.pop(); item !== undefined; item = left.pop()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

/** @returns `n` texts that no other job has */
export function suffixes(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${name} ${n}`);
}

function codeIn(bytes: ArrayBuffer): string {
  try {
    const { code } = JSON.parse(Buffer.from(bytes).toString()) as { code?: string };
    return code ?? '';
  } catch {
    return '';
  }
}
