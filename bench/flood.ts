import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { FloodOrder, FloodReport } from './flood/flooder.ts';
import type { OthersOrder, OthersReport } from './flood/others.ts';
import { ask } from './load/ask.ts';
import { cpuSecondsOf, machineLine, printTable, residentBytes } from './load/figures.ts';
import { makeJob, startBenchServer } from './load/server-with-keys.ts';

/**
 * What others notice while one address sends thousands of requests a second: twenty people behind other addresses, each
 * with a key, read a job five times a second; first in peace, then during the flood, and once more after it.
 *
 * `--rate 5000 --seconds 10`; `--postgres` for PostgreSQL as another process, instead of the embedded one; `--keys` floods
 * with a wrong key in each request.
 */

const { values: options } = parseArgs({
  options: {
    rate: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '10' },
    postgres: { type: 'boolean', default: false },
    keys: { type: 'boolean', default: false },
  },
});

const people = 20;
await using opened = new AsyncDisposableStack();
const seconds = Number(options.seconds);
const env = { ESTEIRA_TRUST_PROXY: 'loopback', ESTEIRA_RATE_LIMIT_USER_PER_MINUTE: '10000000' };
const { server, credentials } = await startBenchServer({ keys: people, postgres: options.postgres, env }, opened);
const { address } = server;
const { pid = 0 } = server.process;
const { id } = await makeJob(address, credentials[0] ?? {});

const others: OthersOrder = {
  address,
  path: `/v1/jobs/${id}`,
  headers: credentials.map((own, at) => ({ ...own, 'x-forwarded-for': `203.0.113.${at + 1}` })),
  seconds,
};
const flood: FloodOrder = {
  address,
  headers: {
    'x-forwarded-for': '198.51.100.66',
    ...(options.keys && { 'x-api-key': 'esteira_AAAAAAAAAAAAAAAA_wrong' }),
  },
  perSecond: Number(options.rate),
  seconds: seconds + 1,
};

const work = (): Promise<OthersReport> => ask(join(import.meta.dirname, 'flood', 'others.ts'), others, opened);
interface Phase {
  readonly name: string;
  readonly report: OthersReport;
  readonly rssBytes: number;
  readonly cpuSeconds: number;
}
async function phase(name: string, during: () => Promise<OthersReport>): Promise<Phase> {
  const before = await cpuSecondsOf(pid);
  const report = await during();
  return { name, report, rssBytes: await residentBytes(pid), cpuSeconds: (await cpuSecondsOf(pid)) - before };
}

// What has run before is compiled.
await work();
const quiet = await phase('quiet', work);
let flooded: FloodReport = { sent: 0, answers: {} };
const during = await phase('flood', async () => {
  const flooding = ask<FloodOrder, FloodReport>(join(import.meta.dirname, 'flood', 'flooder.ts'), flood, opened);
  const report = await work();
  flooded = await flooding;
  return report;
});
const later = await phase('after it', work);

console.log(machineLine());
const engine = options.postgres ? 'PostgreSQL' : 'the embedded database';
console.log(
  `\n${people} people on ${engine}; ${options.rate} requests/s from one other address for ${flood.seconds} s`,
);
printTable([
  ['', 'answers', 'errors', 'p50 ms', 'p95 ms', 'max ms', 'server CPU s', 'resident MB'],
  ...[quiet, during, later].map(({ name, report, rssBytes, cpuSeconds }) => [
    name,
    `${report.count}`,
    `${report.errors}`,
    report.p50Ms.toFixed(2),
    report.p95Ms.toFixed(2),
    report.maxMs.toFixed(1),
    cpuSeconds.toFixed(1),
    (rssBytes / 1e6).toFixed(0),
  ]),
]);
console.log(`the flood: ${flooded.sent} sent, answered ${JSON.stringify(flooded.answers)}`);
const factor = during.report.p95Ms / quiet.report.p95Ms;
const growthMb = (later.rssBytes - quiet.rssBytes) / 1e6;
verdict(factor <= 2, `others' p95 at most twice its quiet value: ${factor.toFixed(2)} times`);
verdict(quiet.report.errors + during.report.errors === 0, 'nobody else is refused');
verdict(growthMb < 50, `memory is flat: ${growthMb.toFixed(0)} MB more`);

function verdict(holds: boolean, promise: string): void {
  console.log(`${holds ? 'holds' : 'DOES NOT HOLD'}: ${promise}`);
  if (!holds) process.exitCode = 1;
}
