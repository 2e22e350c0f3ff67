import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { mp3Lasting } from '../support/hostile-sounds.ts';
import { blackPng } from '../support/media-builders.ts';
import { type Client, openClient } from './support/client.ts';
import { refill } from './support/fuzz/refill.ts';
import { type FuzzReport, runFuzz } from './support/fuzz/run-fuzz.ts';
import { type IsolatedServer, startIsolatedServer } from './support/isolated-server.ts';
import { doOrdinaryWork, newPicture } from './support/ordinary-work.ts';

// Random requests to every operation of the API's document: some are right, some nearly, some not at all. Whatever comes,
// no answer may be of the kind 5xx, and none may show a stack, a path or a secret. `FUZZ_REQUESTS` and `FUZZ_SEED` make a
// longer run (`npm run bench -- fuzz`), or the same one again.

const requests = Number(process.env['FUZZ_REQUESTS'] ?? 2_000);
const seed = Number(process.env['FUZZ_SEED'] ?? 1);

let server: IsolatedServer;
let client: Client;
before(async () => {
  // Jobs that strangers make are many; how large they may be is not what is looked at.
  server = await startIsolatedServer({ ESTEIRA_MAX_PIXELS: '1000000', ESTEIRA_MAX_UPLOAD_BYTES: '2000000' });
  client = openClient(server);
  await doOrdinaryWork(client, 'picture');
});
after(async () => {
  client.close();
  await server[Symbol.asyncDispose]();
});

test(`${requests} requests to every operation, seed ${seed}`, async () => {
  const document = (await client.ask('/openapi.json')).json();
  const processors = (await client.ask('/v1/processors')).json().items.map(({ name }: { name: string }) => name);
  const files = [await newPicture(), blackPng(8, 8), mp3Lasting(0.0005), Buffer.from('no picture'), Buffer.alloc(0)];
  const report = await runFuzz(server, {
    seed,
    requests,
    document,
    processors,
    files,
    actors: [{}],
    refill: () => refill(client),
  });
  print(report);
  assert.deepEqual(report.problems, []);
  assert.ok(report.sent >= requests);
  // It is the same server, and it works.
  await doOrdinaryWork(client, 'picture');
  const stacks = (await server.log()).split('\n').filter((line) => line.includes('"level":60'));
  assert.deepEqual(stacks, []);
});

function print({ sent, operations, statuses }: FuzzReport): void {
  const counts = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
  // biome-ignore lint/suspicious/noConsole: how much was tried is what a reader wants to know
  console.log(`fuzz: ${sent} requests to ${operations} operations, seed ${seed}; ${counts.join(', ')}`);
}
