import { setTimeout as delay } from 'node:timers/promises';
import { Connection, requestBytes } from '../load/connection.ts';
import { quantile, sorted } from '../load/figures.ts';

/** People elsewhere who go on with their work; in a process of their own. */

export interface OthersOrder {
  readonly address: string;
  readonly path: string;
  /** Of each of them: who they are, and where. */
  readonly headers: readonly Readonly<Record<string, string>>[];
  readonly seconds: number;
}

export interface OthersReport {
  readonly count: number;
  readonly errors: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

const thinkMs = 200;

process.once('message', (order: OthersOrder) => {
  void work(order).then((report) => process.send?.(report, () => process.exit()));
});

async function work({ address, path, headers, seconds }: OthersOrder): Promise<OthersReport> {
  const ms: number[] = [];
  let errors = 0;
  const endMs = performance.now() + seconds * 1_000;
  async function live(own: Readonly<Record<string, string>>): Promise<void> {
    await delay(Math.random() * thinkMs);
    const connection = new Connection(new URL(address), () => {
      errors += 1;
    });
    const bytes = requestBytes('GET', path, own);
    while (performance.now() < endMs) {
      const sentMs = performance.now();
      if ((await connection.send(bytes)) !== 200) errors += 1;
      ms.push(performance.now() - sentMs);
      await delay(thinkMs);
    }
    connection.close();
  }
  await Promise.all(headers.map(live));
  const rising = sorted(ms);
  return {
    count: ms.length,
    errors,
    p50Ms: quantile(rising, 0.5),
    p95Ms: quantile(rising, 0.95),
    maxMs: rising.at(-1) ?? Number.NaN,
  };
}
