import { setTimeout as delay } from 'node:timers/promises';
import { Connection, requestBytes } from '../load/connection.ts';
import { quantile, sorted } from '../load/figures.ts';
import { smallPng } from '../load/server-with-keys.ts';

/** Virtual users in a process of their own: each asks, waits for the answer, thinks for a second, and asks again. */

export interface UsersOrder {
  readonly address: string;
  readonly users: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** Dealt out among the users. */
  readonly credentials: readonly Readonly<Record<string, string>>[];
  readonly job: { readonly id: string; readonly assetId: string; readonly request: string };
}

export interface UsersReport {
  /** By what was asked: how often, and in milliseconds how long it took. */
  readonly kinds: Readonly<Record<string, { readonly count: number; readonly p50Ms: number; readonly p95Ms: number }>>;
  readonly all: { readonly count: number; readonly p50Ms: number; readonly p95Ms: number; readonly p99Ms: number };
  /** Answers that were not 2xx, and connections that ended. */
  readonly errors: Readonly<Record<string, number>>;
  readonly requestsPerSecond: number;
}

const thinkMs = 1_000;
const kindsOfTen = ['job', 'job', 'job', 'jobs', 'asset', 'processors', 'upload', 'upload', 'again', 'again'] as const;
type Kind = (typeof kindsOfTen)[number];

process.once('message', (order: UsersOrder) => {
  void run(order).then((report) => process.send?.(report, () => process.exit()));
});

async function run(order: UsersOrder): Promise<UsersReport> {
  const url = new URL(order.address);
  const times = new Map<Kind, number[]>();
  const errors: Record<string, number> = {};
  const startMs = performance.now() + order.warmUpSeconds * 1_000;
  const endMs = startMs + order.seconds * 1_000;
  const pictures = await Promise.all(Array.from({ length: 500 }, (_, number) => smallPng(number + 1)));
  let sent = 0;

  async function live(user: number): Promise<void> {
    const headers = order.credentials[user % order.credentials.length] ?? {};
    // Not all at once: they have come one after the other.
    await delay(((user + Math.random()) / order.users) * thinkMs);
    const connection = new Connection(url, ({ message }) => fault(message));
    const fault = (name: string): void => {
      if (performance.now() < endMs) errors[name] = (errors[name] ?? 0) + 1;
    };
    for (let turn = user; performance.now() < endMs; turn += 1) {
      const kind = kindsOfTen[turn % kindsOfTen.length] ?? 'job';
      const bytes = requestOf(kind, headers);
      const sentMs = performance.now();
      const status = await connection.send(bytes);
      const tookMs = performance.now() - sentMs;
      if (status < 200 || status > 299) fault(`${kind} ${status}`);
      if (sentMs >= startMs) {
        const ofKind = times.get(kind) ?? [];
        times.set(kind, ofKind);
        ofKind.push(tookMs);
      }
      await delay(thinkMs);
    }
    connection.close();
  }

  function requestOf(kind: Kind, headers: Readonly<Record<string, string>>): Buffer {
    const { job } = order;
    switch (kind) {
      case 'job':
        return requestBytes('GET', `/v1/jobs/${job.id}`, headers);
      case 'jobs':
        return requestBytes('GET', '/v1/jobs?limit=20', headers);
      case 'asset':
        return requestBytes('GET', `/v1/assets/${job.assetId}`, headers);
      case 'processors':
        return requestBytes('GET', '/v1/presets', headers);
      case 'upload': {
        const picture = Buffer.from(pictures[sent % pictures.length] ?? []);
        sent += 1;
        return requestBytes('POST', '/v1/assets', { ...headers, 'content-type': 'application/octet-stream' }, picture);
      }
      case 'again': {
        const more = { 'content-type': 'application/json', prefer: 'wait=10' };
        return requestBytes('POST', '/v1/jobs', { ...headers, ...more }, Buffer.from(job.request));
      }
    }
  }

  await Promise.all(Array.from({ length: order.users }, (_, user) => live(user)));
  const kinds = Object.fromEntries(
    [...times].map(([kind, ms]) => {
      const rising = sorted(ms);
      return [kind, { count: ms.length, p50Ms: quantile(rising, 0.5), p95Ms: quantile(rising, 0.95) }];
    }),
  );
  const all = sorted([...times.values()].flat());
  return {
    kinds,
    all: { count: all.length, p50Ms: quantile(all, 0.5), p95Ms: quantile(all, 0.95), p99Ms: quantile(all, 0.99) },
    errors,
    requestsPerSecond: all.length / order.seconds,
  };
}
