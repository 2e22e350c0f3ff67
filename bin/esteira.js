#!/usr/bin/env node
// Plain JavaScript on purpose: an older Node.js has to understand it, to hand over to the one that Esteira brings.
import { spawn } from 'node:child_process';
import module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const neededMajor = 26;

if (Number(process.versions.node.split('.')[0]) >= neededMajor) {
  // Halves the time to a first word. Beside what npm brought, where nobody else writes; without a place it is done without.
  module.enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/esteira'));
  const { runCli } = await import('../src/cli/main.ts');
  process.exitCode = await runCli(process.argv.slice(2));
} else {
  handOver(pinnedNode());
}

/** The Node.js that `npm ci` brought, as the package `node`. */
function pinnedNode() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('node/package.json'));
    return join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  } catch {
    fail();
  }
}

/** @param {string} node */
function handOver(node) {
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' });
  child.on('error', fail);
  // A terminal sends Ctrl-C to both; what comes to this process alone is passed on.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function fail() {
  process.stderr.write(
    `esteira: Node.js ${neededMajor} or newer is needed, this is ${process.versions.node}, and the one that comes with ` +
      'Esteira is not there. Run `npm ci` in its folder, or install a newer Node.js.\n',
  );
  process.exit(1);
}
