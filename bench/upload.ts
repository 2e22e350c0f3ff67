import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { mebibyte } from '#kernel/units.ts';
import { startServerProgram } from '../test/support/program.ts';
import { cpuSecondsOf, memoryOf, resetPeak } from './upload/memory.ts';
import { type Sender, sendBare, sendMultipart, sendRaw, sendTus } from './upload/senders.ts';

/**
 * How long a large file takes until it is an asset, sent in each way there is, beside a bare receiver that writes the
 * same bytes to the same disk, in turns; and how much memory the server takes for many files at once. `--dir` is where
 * everything is written.
 */

const fileBytes = 50 * mebibyte;
const rounds = 7;
const atOnce = 20;
const ways: Readonly<Record<string, Sender>> = { raw: sendRaw, multipart: sendMultipart, tus: sendTus };

/** A picture as far as its header goes; what follows is noise, another each time. */
const file = randomBytes(fileBytes);
Buffer.from('89504e470d0a1a0a0000000d4948445200000400000004000802000000f07f09ff', 'hex').copy(file);
file.writeUInt32BE(fileBytes - 33 - 12, 33);
file.write('IDAT', 37, 'latin1');

function another(): Buffer {
  randomBytes(16).copy(file, fileBytes >> 1);
  return file;
}

await using opened = new AsyncDisposableStack();
const dir = await mkdtemp(join(tmpdir(), 'esteira-bench-'));
opened.defer(() => rm(dir, { recursive: true, force: true }));
const env = {
  ESTEIRA_DATA_DIR: join(dir, 'data'),
  ESTEIRA_MAX_UPLOAD_BYTES: String(fileBytes),
  ESTEIRA_LOG_FILE: join(dir, 'log'),
};
const server = await startServerProgram([], { cwd: dir, env });
opened.defer(async () => void (await server.stop()));
const bare = spawn(process.execPath, [join(import.meta.dirname, 'upload', 'bare-receiver.ts'), dir]);
opened.defer(() => void bare.kill());
const [bareAddress] = (await once(createInterface({ input: bare.stdout }), 'line')) as [string];

const pidOf = (address: string) => (address === bareAddress ? bare.pid : server.process.pid) ?? 0;
const cpuOf: Record<string, number[]> = { bare: [], raw: [], multipart: [], tus: [] };
const secondsOf: Record<string, number[]> = { bare: [], raw: [], multipart: [], tus: [] };
async function timed(name: string, send: Sender, address: string): Promise<void> {
  const body = another();
  const startCpu = cpuSecondsOf(pidOf(address));
  const startMs = performance.now();
  await send(address, body);
  secondsOf[name]?.push((performance.now() - startMs) / 1_000);
  cpuOf[name]?.push(cpuSecondsOf(pidOf(address)) - startCpu);
}
for (let round = 0; round <= rounds; round++) {
  await timed('bare', sendBare, bareAddress);
  for (const [name, send] of Object.entries(ways)) await timed(name, send, server.address);
}
// The first round compiles.
const medians = Object.entries(secondsOf).map(([name, seconds]) => [name, median(seconds.slice(1))] as const);
const bareSeconds = medians[0]?.[1] ?? Number.NaN;
for (const [name, seconds] of medians) {
  const cpu = median(cpuOf[name]?.slice(1) ?? []);
  console.log(
    `${name}: ${seconds.toFixed(2)} s for 50 MiB, ${(seconds / bareSeconds).toFixed(2)} of bare; ` +
      `${cpu.toFixed(2)} s of processor time`,
  );
}

const pid = server.process.pid ?? 0;
for (const [name, send] of Object.entries(ways)) {
  const before = memoryOf(pid).nowBytes;
  resetPeak(pid);
  const startMs = performance.now();
  // One hash each would need as many files; equal ones go the same road.
  await Promise.all(Array.from({ length: atOnce }, () => send(server.address, file)));
  const seconds = (performance.now() - startMs) / 1_000;
  const growth = (memoryOf(pid).peakBytes - before) / mebibyte;
  console.log(
    `${name}, ${atOnce} at once: ${seconds.toFixed(1)} s, memory of the server grew by ${growth.toFixed(0)} MiB`,
  );
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
