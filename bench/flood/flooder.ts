import { setTimeout as delay } from 'node:timers/promises';
import { Connection, requestBytes } from '../load/connection.ts';

/** Requests at a rate, whatever becomes of them, from one address; in a process of its own. */

export interface FloodOrder {
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly perSecond: number;
  readonly seconds: number;
}

export interface FloodReport {
  readonly sent: number;
  readonly answers: Readonly<Record<string, number>>;
}

const connections = 20;
const tickMs = 10;
/** A server that answers nobody is not asked for ever. */
const maxUnanswered = 20_000;

process.once('message', (order: FloodOrder) => {
  void flood(order).then((report) => process.send?.(report, () => process.exit()));
});

async function flood({ address, headers, perSecond, seconds }: FloodOrder): Promise<FloodReport> {
  const url = new URL(address);
  const answers: Record<string, number> = {};
  const count = (name: string | number): void => {
    answers[name] = (answers[name] ?? 0) + 1;
  };
  const open = (): Connection => new Connection(url, () => count('ended'));
  const all = Array.from({ length: connections }, open);
  const bytes = requestBytes('GET', '/v1/jobs', headers);
  const startMs = performance.now();
  let sent = 0;
  for (let elapsedMs = 0; elapsedMs < seconds * 1_000; elapsedMs = performance.now() - startMs) {
    const due = Math.floor((elapsedMs / 1_000) * perSecond);
    const unanswered = all.reduce((sum, connection) => sum + connection.unanswered, 0);
    for (; sent < due && unanswered < maxUnanswered; sent += 1) {
      void all[sent % connections]?.send(bytes).then(count);
    }
    await delay(tickMs);
  }
  await delay(1_000);
  for (const connection of all) connection.close();
  return { sent, answers };
}
