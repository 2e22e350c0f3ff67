import { Connection, requestBytes } from '../load/connection.ts';
import { quantile, sorted } from '../load/figures.ts';

/** One request at a time to each of two servers in turns, from a process of its own. */

export interface PairsOrder {
  readonly sides: readonly {
    readonly address: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
  }[];
  readonly rounds: number;
}

export interface PairsReport {
  /** In milliseconds, in the order of the sides. */
  readonly p50Ms: readonly number[];
  readonly p95Ms: readonly number[];
  /** Of what the second took longer than the first, pair by pair. */
  readonly differenceP50Ms: number;
}

const warmUpRounds = 2_000;

process.once('message', (order: PairsOrder) => {
  void run(order).then((report) => process.send?.(report, () => process.exit()));
});

async function run({ sides, rounds }: PairsOrder): Promise<PairsReport> {
  const prepared = sides.map(({ address, path, headers }) => ({
    connection: new Connection(new URL(address), (error) => {
      throw error;
    }),
    bytes: requestBytes('GET', path, headers),
    ms: [] as number[],
  }));
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    // Who goes first changes: what one leaves behind, the other finds.
    const turn = round % 2 === 0 ? prepared : prepared.toReversed();
    for (const { connection, bytes, ms } of turn) {
      const startMs = performance.now();
      const status = await connection.send(bytes);
      if (status !== 200) throw new Error(`answered ${status}`);
      if (round >= 0) ms.push(performance.now() - startMs);
    }
  }
  for (const { connection } of prepared) connection.close();
  const [one = [], two = []] = prepared.map(({ ms }) => ms);
  return {
    p50Ms: prepared.map(({ ms }) => quantile(sorted(ms), 0.5)),
    p95Ms: prepared.map(({ ms }) => quantile(sorted(ms), 0.95)),
    differenceP50Ms: quantile(sorted(two.map((ms, at) => ms - (one[at] ?? 0))), 0.5),
  };
}
