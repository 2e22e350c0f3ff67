import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { isolation } from './isolation.ts';

const run = promisify(execFile);

/** In a child as native code is: without Node's permission model. */
async function isolated(script: string): Promise<string> {
  const [program = process.execPath, ...args] = [...isolation().command, process.execPath, '-e', script];
  return (await run(program, args)).stdout;
}

test('a child has no network when that is said, not even to this machine', async () => {
  const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const tried = await isolated(
    `require('net').connect(${port}, '127.0.0.1', () => console.log('connected')).on('error', (e) => console.log(e.code))`,
  );
  server.close();
  assert.equal(tried.trim(), isolation().network ? 'ENETUNREACH' : 'connected');
});

test('a child has no rights of root, and gets none by a program that would give them', async () => {
  const status = await isolated(`process.stdout.write(require('fs').readFileSync('/proc/self/status'))`);
  const of = (text: string, name: string) => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(text)?.[1];
  const own = readFileSync('/proc/self/status', 'utf8');
  assert.equal(of(status, 'Uid'), of(own, 'Uid'), 'files stay those of the same user');
  if (isolation().command.includes('setpriv')) assert.equal(of(status, 'NoNewPrivs'), '1');
  if (isolation().command.includes('--bounding-set=-all')) assert.match(of(status, 'CapEff') ?? '', /^0+$/);
});
