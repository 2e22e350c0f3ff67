import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { promisify } from 'node:util';
import { programPath, runProgram, type StartedServer, startServerProgram } from '../support/program.ts';

let cwd: string;
let servers: StartedServer[] = [];

beforeEach(async () => {
  cwd = await realpath(await mkdtemp(join(tmpdir(), 'start-')));
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop('SIGKILL')));
  servers = [];
  await rm(cwd, { recursive: true, force: true });
});

async function start(...args: string[]): Promise<StartedServer> {
  const server = await startServerProgram(args, { cwd });
  servers.push(server);
  return server;
}

test('in an empty folder it is ready, says so in one line, and stops when it is told to', async () => {
  const first = await start();
  assert.match(first.stdout(), /^Esteira is ready: http:\/\/127\.0\.0\.1:\d+\n$/);
  assert.equal((await fetch(`${first.address}/readyz`)).status, 200);
  assert.equal((await stat(join(cwd, 'data'))).mode & 0o777, 0o700, 'nobody else may look into the data');
  assert.equal(await first.stop(), 0);
  assert.equal(first.stdout().split('\n').length, 2, 'one line');

  const second = await start();
  assert.equal(await second.stop('SIGINT'), 0);
});

test('the log is JSON on standard error, or goes to a file', async () => {
  const logged = await start();
  await fetch(`${logged.address}/v1/processors`);
  await logged.stop();
  const lines = logged
    .stderr()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.ok(lines.some(({ msg }) => msg === 'ready'));
  assert.ok(lines.some(({ path, status }) => path === '/v1/processors' && status === 200));

  const server = await startServerProgram([], { cwd, env: { ESTEIRA_LOG_FILE: 'logs/esteira.log' } });
  servers.push(server);
  await server.stop();
  assert.equal(server.stderr(), '');
  assert.match(await readFile(join(cwd, 'logs', 'esteira.log'), 'utf8'), /"msg":"ready"/);
});

test('a second server in one data folder is told who is there, and the first goes on', async () => {
  const first = await start();
  const second = await runProgram(['start', '--port', '0'], { cwd });
  assert.equal(second.code, 1);
  assert.equal(second.stdout, '');
  assert.ok(second.stderr.includes(first.address), second.stderr);
  assert.match(second.stderr, /^esteira: The data folder is in use by process \d+ .*--data\.\n$/);
  assert.equal((await fetch(`${first.address}/readyz`)).status, 200);
});

test('a server that was killed leaves nothing in the way of the next', async () => {
  const first = await start();
  assert.equal(await first.stop('SIGKILL'), 'SIGKILL');
  assert.equal((await fetch(`${(await start()).address}/readyz`)).status, 200);
});

test('what keeps it from starting is said in a line', async () => {
  const occupant = createServer().listen(0, '127.0.0.1');
  await once(occupant, 'listening');
  const { port } = occupant.address() as { port: number };
  await writeFile(join(cwd, 'file'), '');
  const run = (args: string[], env = {}) => runProgram(['start', ...args], { cwd, env });
  try {
    const busy = await run(['--port', String(port)]);
    assert.equal(busy.code, 1);
    assert.match(
      busy.stderr.split('\n').at(-2) ?? '',
      new RegExp(`^esteira: Port ${port} of 127.0.0.1 is in use.*--port`),
    );
  } finally {
    occupant.close();
  }
  const notAFolder = await run(['--data', 'file']);
  assert.equal(notAFolder.code, 1);
  assert.match(
    notAFolder.stderr,
    /^esteira: The data folder cannot be written to \(EEXIST\).*--data or ESTEIRA_DATA_DIR\.\n$/,
  );
  const open = await run(['--host', '0.0.0.0'], { ESTEIRA_PORTT: '1' });
  assert.equal(open.code, 1);
  assert.match(open.stderr, /ESTEIRA_PORTT is not a setting\. Did you mean ESTEIRA_PORT\?/);
  assert.match(open.stderr, /ESTEIRA_HOST must be a loopback address/);
  assert.equal((await run(['now'])).code, 2);
  assert.equal((await run(['--prot', '1'])).code, 2);
});

test('an older Node.js hands over to the pinned one, with signals and exit code', async () => {
  // Stands in for an old node: it says so, and otherwise is this one.
  const old = join(cwd, 'old.mjs');
  await writeFile(
    old,
    `Object.defineProperty(process.versions, 'node', { value: '20.11.1' });
     process.argv.splice(1, 1);
     await import(process.argv[1]);`,
  );
  const handOver = (...args: string[]) => promisify(execFile)(process.execPath, [old, programPath, ...args], { cwd });
  assert.match((await handOver('--version')).stdout, /^\d+\.\d+\.\d+\n$/);
  await assert.rejects(handOver('nothing'), { code: 2 });
});
