import { appendFileSync, globSync, readFileSync } from 'node:fs';
import { dirname, relative, sep } from 'node:path';

/** One contract suite that ran to its end against one driver on a real engine. */
export interface ContractRun {
  /** `job-queue`, as in `job-queue.contract.ts`. */
  readonly port: string;
  /** `redis`, the name of the driver's folder. */
  readonly driver: string;
  /** What was behind the driver: `Redis 7.0.15`. */
  readonly engine: string;
}

const root = dirname(dirname(import.meta.dirname));

// The port that a room's drivers implement, where it is not called like the room.
const portOfRoom: Readonly<Record<string, string>> = {
  events: 'fan-out',
  storage: 'object-store',
  limits: 'rate-limiter',
  providers: 'mask-provider',
  assets: 'upload-store',
};

/**
 * Says that a driver passed its contract; test/run.ts prints the table and fails when a driver is missing in it.
 * To be called at the suite's end (`after`), with the engine's version as the engine tells it.
 */
export function reportContract(port: string, driver: string, engine: string): void {
  const file = process.env['TEST_CONTRACT_REPORT'];
  if (file) appendFileSync(file, `${JSON.stringify({ port, driver, engine } satisfies ContractRun)}\n`);
}

export function readContractReport(file: string): ContractRun[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as ContractRun);
}

/** Every driver that exists must pass its contract: one for each folder `src/<room>/drivers/<driver>/`. */
export function expectedContracts(): { port: string; driver: string }[] {
  return globSync('src/*/drivers/*/*.ts', { cwd: root })
    .map((path) => relative('src', dirname(path)).split(sep))
    .map(([room = '', , driver = '']) => ({ port: portOfRoom[room] ?? room, driver }))
    .filter((row, at, rows) => rows.findIndex((other) => sameDriver(other, row)) === at);
}

export function sameDriver(a: { port: string; driver: string }, b: { port: string; driver: string }): boolean {
  return a.port === b.port && a.driver === b.driver;
}
