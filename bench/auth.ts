import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { measureDecisions } from './auth/decisions.ts';
import type { PairsOrder, PairsReport } from './auth/pairs.ts';
import type { UsersOrder, UsersReport } from './auth/users.ts';
import { ask } from './load/ask.ts';
import { cpuSecondsOf, machineLine, printTable, residentBytes } from './load/figures.ts';
import { makeJob, startBenchServer } from './load/server-with-keys.ts';

/**
 * What it costs to be safe for strangers. A request with an API key beside the same request where nobody signs in, by
 * turns; what a decision costs that is known already; and whether one process keeps up with a thousand people who each
 * ask once a second: seven of ten read, two upload, one asks for a result that is there.
 *
 * `--users 1000 --seconds 20 --rounds 5000`; `--embedded` for the database inside the process, instead of PostgreSQL beside
 * it; `--only decisions|key|users`.
 */

const { values: options } = parseArgs({
  options: {
    users: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '5000' },
    embedded: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const { only } = options;
const postgres = !options.embedded;
const wants = (part: string): boolean => only === undefined || only === part;

/** Counted as ever, and never reached. */
const unlimited = { ESTEIRA_RATE_LIMIT_USER_PER_MINUTE: '10000000' };

console.log(machineLine());
if (wants('decisions')) await decisions();
if (wants('key')) await keyBesideNone();
if (wants('users')) await manyUsers();

async function decisions(): Promise<void> {
  const { accessUs, limitUs } = await measureDecisions();
  console.log('\nA decision when all of it is known (at most 200 µs)');
  printTable([
    ['', 'µs'],
    ['who a key is of, and what they may', accessUs.toFixed(1)],
    ['how much of their limits is used', limitUs.toFixed(1)],
  ]);
}

async function keyBesideNone(): Promise<void> {
  await using opened = new AsyncDisposableStack();
  const local = await startBenchServer({ keys: 0, postgres }, opened);
  const accounts = await startBenchServer({ keys: 1, postgres, env: unlimited }, opened);
  const sides: PairsOrder['sides'][number][] = [];
  for (const { server, credentials } of [local, accounts]) {
    const { address } = server;
    const headers = credentials[0] ?? {};
    sides.push({ address, headers, path: `/v1/jobs/${(await makeJob(address, headers)).id}` });
  }
  const order: PairsOrder = { sides, rounds: Number(options.rounds) };
  const report: PairsReport = await ask(join(import.meta.dirname, 'auth', 'pairs.ts'), order, opened);
  const [none = 0, key = 0] = report.p50Ms;
  console.log(`\nGET /v1/jobs/:id on ${engine()}, ${order.rounds} times each, by turns`);
  printTable([
    ['', 'p50 ms', 'p95 ms'],
    ['nobody signs in', ...[none, report.p95Ms[0] ?? 0].map(ms)],
    ['with an API key', ...[key, report.p95Ms[1] ?? 0].map(ms)],
    ['more, of the medians', ms(key - none), ''],
    ['more, median of the pairs', ms(report.differenceP50Ms), ''],
  ]);
  verdict(key - none <= 0.3, 'a key costs at most 0.3 ms at p50');
}

async function manyUsers(): Promise<void> {
  await using opened = new AsyncDisposableStack();
  const users = Number(options.users);
  const { server, credentials } = await startBenchServer(
    { keys: Math.min(users, 100), postgres, env: unlimited },
    opened,
  );
  const { address } = server;
  const { pid = 0 } = server.process;
  const job = await makeJob(address, credentials[0] ?? {});
  const order: UsersOrder = { address, users, seconds: Number(options.seconds), warmUpSeconds: 5, credentials, job };
  const startCpu = await cpuSecondsOf(pid);
  const asking = ask<UsersOrder, UsersReport>(join(import.meta.dirname, 'auth', 'users.ts'), order, opened);
  await delay(order.warmUpSeconds * 1_000);
  const { kinds, all, errors, requestsPerSecond } = await asking;
  const cpu = (await cpuSecondsOf(pid)) - startCpu;
  console.log(
    `\n${users} users, a closed loop with 1 s to think, one process on ${engine()}, ${credentials.length} keys, ` +
      `${order.seconds} s after ${order.warmUpSeconds} s`,
  );
  printTable([
    ['', 'answers', 'p50 ms', 'p95 ms', 'p99 ms'],
    ...Object.entries(kinds).map(([kind, { count, p50Ms, p95Ms }]) => [kind, `${count}`, ms(p50Ms), ms(p95Ms), '']),
    ['all', `${all.count}`, ms(all.p50Ms), ms(all.p95Ms), ms(all.p99Ms)],
  ]);
  const errorCount = Object.values(errors).reduce((sum, count) => sum + count, 0);
  console.log(
    `${requestsPerSecond.toFixed(0)} answers/s; ${errorCount} errors ${errorCount > 0 ? JSON.stringify(errors) : ''}; ` +
      `${cpu.toFixed(1)} s of the server's processor; ${((await residentBytes(pid)) / 1e6).toFixed(0)} MB resident`,
  );
  verdict(all.p95Ms <= 50 && errorCount === 0, 'p95 at most 50 ms, no errors');
}

function engine(): string {
  return postgres ? 'PostgreSQL' : 'the embedded database';
}

function ms(value: number): string {
  return value.toFixed(2);
}

function verdict(holds: boolean, promise: string): void {
  console.log(`${holds ? 'holds' : 'DOES NOT HOLD'}: ${promise}`);
  if (!holds) process.exitCode = 1;
}
