import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type FaultRow, passes, readFaultReport } from '../test/support/fault-report.ts';
import { postgresUrl, redisUrl } from '../test/support/servers.ts';

/**
 * `npm run bench -- faults [--full] [F10 F15…]`: breaks what Esteira stands on, and prints what was measured beside what
 * passes. `--full` takes the times of real life: leases of 30 seconds, a store that is silent for a minute.
 */

const { values, positionals } = parseArgs({
  options: { full: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const dir = mkdtempSync(join(tmpdir(), 'esteira-faults-'));
const report = join(dir, 'report.ndjson');
writeFileSync(report, '');
const files = globSync(join(import.meta.dirname, '../test/faults/*.test.ts'))
  .filter((file) => isMeant(readFileSync(file, 'utf8')))
  .sort();
const env = {
  ...process.env,
  TEST_FAULT_REPORT: report,
  TEST_DATABASE_URL: await postgresUrl(),
  TEST_REDIS_URL: await redisUrl(),
  ...(values.full && { TEST_LEASE_MS: '30000', TEST_BLACK_HOLE_MS: '60000' }),
};
// One after the other: what is measured is not to be what they do to each other.
const { status } = spawnSync(process.execPath, ['--test', '--test-concurrency=1', ...files], {
  env,
  stdio: ['ignore', 'inherit', 'inherit'],
});
const rows = readFaultReport(report).sort((a, b) => numberOf(a) - numberOf(b));
rmSync(dir, { recursive: true });

console.log('\n| # | Fault | Measured | Passes | |\n|-|-|-:|-:|-|');
for (const row of rows) {
  const { threshold, unit } = row;
  const bound = 'atMost' in threshold ? `≤ ${short(threshold.atMost)}` : `≥ ${short(threshold.atLeast)}`;
  const result = passes(row) ? 'pass' : 'FAIL';
  console.log(`| ${row.row} | ${row.fault} | ${short(row.measured)} ${unit} | ${bound} ${unit} | ${result} |`);
}
const failed = rows.filter((row) => !passes(row)).length;
console.log(
  `\n${rows.length - failed} of ${rows.length} measurements pass; the tests ${status === 0 ? 'pass' : 'fail'}.`,
);
process.exit(status === 0 && failed === 0 && rows.length > 0 ? 0 : 1);

/** Those that measure, and of them whole files: their tests share what they break. */
function isMeant(text: string): boolean {
  if (!text.includes('measured(')) return false;
  return positionals.length === 0 || positionals.some((row) => new RegExp(`\\b${row}\\b`).test(text));
}

function numberOf({ row }: FaultRow): number {
  return Number(row.slice(1));
}

function short(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}
