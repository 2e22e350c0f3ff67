import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { buildStudio } from '#cli/build-studio.ts';
import { allRows, hostileGroups, readRows } from './hostile/support/rows.ts';
import { expectedContracts, readContractReport, sameDriver } from './support/contracts.ts';
import { type EngineKind, engineKinds } from './support/fleet.ts';
import { shareS3Servers } from './support/s3/s3-servers.ts';
import { postgresUrl, redisUrl } from './support/servers.ts';

/**
 * `npm test`: brings up PostgreSQL, Redis and S3 servers once, runs every test file, the tests of the whole API once for each kind of
 * engines, and says which drivers passed which contract.
 *
 * `node test/run.ts src/jobs` runs the files below the given folders only; then no driver is missed. With `TEST_ENGINES`
 * the API runs on those alone.
 */

const root = join(import.meta.dirname, '..');
const only = process.argv.slice(2).map((path) => relative(root, path));
const files = globSync(['src/**/*.test.ts', 'test/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'], {
  cwd: root,
})
  .filter((file) => only.length === 0 || only.some((path) => file === path || file.startsWith(`${path}/`)))
  .sort();

/** Those with the list of hostile input. */
const rowFiles = new Set(Object.keys(hostileGroups).map((group) => join('test', 'hostile', `${group}.test.ts`)));
/** Those that take their server from `apiUnderTest`. */
const apiFiles = files.filter((file) => readFileSync(join(root, file), 'utf8').includes('await apiUnderTest('));
const wantedEngines = process.env['TEST_ENGINES'];
const chosenEngines = engineKinds.filter((kind) => wantedEngines === undefined || wantedEngines === kind);

const stop = new AbortController();
for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => {
    stop.abort();
    process.exit(exitCode);
  });
}

const scratch = mkdtempSync(join(tmpdir(), 'esteira-test-run-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));
const contractReport = join(scratch, 'contracts.ndjson');
writeFileSync(contractReport, '');
process.env['TEST_CONTRACT_REPORT'] = contractReport;
const engineReport = join(scratch, 'engines');
writeFileSync(engineReport, '');
process.env['TEST_ENGINE_REPORT'] = engineReport;
const hostileReport = join(scratch, 'hostile');
process.env['TEST_HOSTILE_REPORT'] = hostileReport;
process.env['ORT_DISABLE_TELEMETRY'] = '1';
process.env['TEST_DATABASE_URL'] = await postgresUrl();
process.env['TEST_REDIS_URL'] = await redisUrl();
await shareS3Servers();
// Here once, so that no server has to in the middle of a test.
await buildStudio(print);

const failures: string[] = [];
const closing: string[] = [];
const [firstEngines = 'embedded', ...moreEngines] = chosenEngines;
await runTests(firstEngines, files);
for (const kind of moreEngines) if (apiFiles.length > 0) await runTests(kind, apiFiles);
if (only.length === 0) failures.push(...missingContracts());
printContracts();
printHostileRows();
printEngines();
for (const problem of failures) print(`✖ ${problem}`);
for (const line of closing) print(`# ${line}`);
process.exit(failures.length === 0 ? 0 : 1);

async function runTests(kind: EngineKind, some: readonly string[]): Promise<void> {
  print(`\n=== ${some.length} files, the API on the engines "${kind}"`);
  process.env['TEST_ENGINES'] = kind;
  const reporter = spec();
  reporter.pipe(process.stdout);
  const events = run({
    files: some.map((file) => join(root, file)),
    cwd: root,
    concurrency: Math.min(4, availableParallelism()),
    timeout: 20 * 60_000,
    signal: stop.signal,
  });
  for await (const event of events) {
    if (event.type === 'test:summary' && event.data.file === undefined) {
      const { tests, passed, skipped, todo } = event.data.counts;
      if (!event.data.success) failures.push(`Tests failed on "${kind}".`);
      if (tests === 0) failures.push(`No tests ran on "${kind}".`);
      if (skipped + todo > 0) failures.push(`${skipped + todo} tests were skipped: nothing here may be.`);
      if (event.data.success && passed + skipped + todo < tests) failures.push('Some tests did not run.');
    }
    // The runner's closing counts come last, below the contracts.
    if (event.type === 'test:diagnostic' && event.data.nesting === 0 && /^[a-z_]+ [\d.]+$/.test(event.data.message)) {
      closing.push(`${kind}: ${event.data.message}`);
    } else {
      reporter.write(event);
    }
  }
  await new Promise<void>((resolve) => reporter.end(resolve));
}

/** Each file says on what it ran: a run that silently took other engines is noticed here. */
function printEngines(): void {
  const ran = [...new Set(readFileSync(engineReport, 'utf8').split('\n'))];
  print('\nThe whole API');
  for (const kind of chosenEngines) {
    const count = ran.filter((line) => line.startsWith(`${kind} `)).length;
    print(`  ${kind.padEnd(14)} ${count} of ${apiFiles.length} files`);
    if (count !== apiFiles.length) failures.push(`The tests of the API did not all run on "${kind}".`);
  }
}

function printContracts(): void {
  print('\nContracts');
  for (const { port, driver, engine } of readContractReport(contractReport)) {
    print(`  ${port.padEnd(14)} ${driver.padEnd(10)} ${engine}`);
  }
}

/** Every row of the list of hostile input, where the files with them were among those that ran. */
function printHostileRows(): void {
  const ran = files.filter((file) => rowFiles.has(file)).length;
  if (ran === 0) return;
  const held = readRows(hostileReport);
  print(`\nhostile input: ${held.length} of ${allRows.length}`);
  const missing = allRows.filter((row) => !held.includes(row));
  if (ran === rowFiles.size && missing.length > 0)
    failures.push(`Hostile input, without a test that passed: ${missing.join(', ')}.`);
}

function missingContracts(): string[] {
  const ran = readContractReport(contractReport);
  return expectedContracts()
    .filter((expected) => !ran.some((row) => sameDriver(row, expected)))
    .map(({ port, driver }) => `The driver "${driver}" did not pass the contract "${port}".`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
