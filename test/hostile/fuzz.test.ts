import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mp3Lasting } from '../support/hostile-sounds.ts';
import { blackPng } from '../support/media-builders.ts';
import { accountsEnv, invite, join, makeKey, setUp } from './support/accounts.ts';
import { type Client, openClient } from './support/client.ts';
import { refill } from './support/fuzz/refill.ts';
import { repair } from './support/fuzz/repair.ts';
import { type FuzzReport, runFuzz } from './support/fuzz/run-fuzz.ts';
import { type IsolatedServer, startIsolatedServer } from './support/isolated-server.ts';
import { doOrdinaryWork, newPicture } from './support/ordinary-work.ts';

// Random requests to every operation of the API's document: some are right, some nearly, some not at all. Whatever comes,
// no answer may be of the kind 5xx, and none may show a stack, a path or a secret. `FUZZ_REQUESTS` and `FUZZ_SEED` make a
// longer run (`npm run bench -- fuzz`), or the same one again.

const requests = Number(process.env['FUZZ_REQUESTS'] ?? 2_000);
const seed = Number(process.env['FUZZ_SEED'] ?? 1);
/** Jobs that strangers make are many; how large they may be is not what is looked at. */
const small = {
  ESTEIRA_MAX_PIXELS: '1000000',
  ESTEIRA_MAX_UPLOAD_BYTES: '2000000',
  ESTEIRA_WEBHOOK_PRIVATE_HOSTS: '127.0.0.1',
};

interface Asking {
  /** Who may do everything, to put right again what requests have changed. */
  readonly operator: Client;
  /** Headers of those who ask, by turns. */
  readonly actors: readonly Readonly<Record<string, string>>[];
}

async function alone(server: IsolatedServer): Promise<Asking> {
  return { operator: openClient(server), actors: [{}] };
}

/** Every role, a key, and nobody. */
async function manyPeople(server: IsolatedServer): Promise<Asking> {
  const anybody = openClient(server);
  const ana = await setUp(server, anybody);
  const people = [ana];
  for (const role of ['admin', 'editor', 'viewer']) {
    const email = `${role}@alpha.example`;
    people.push(await join(server, anybody, email, await invite(ana, email, role)));
  }
  // Requests sign people out; the keys of a role stay.
  const keys: string[] = [];
  for (const person of people.slice(0, 3)) {
    const { permissions } = (await person.ask('/v1/auth/me')).json();
    keys.push((await makeKey(person, permissions)).key);
  }
  const { key } = await makeKey(ana, ['jobs:read', 'jobs:write', 'assets:read', 'assets:write', 'instance:read']);
  const operatorKey = await makeKey(ana, (await ana.ask('/v1/auth/me')).json().permissions);
  // People are signed out by requests of their own; this key is known to nobody who asks at random.
  const operator = openClient(server, { authorization: `Bearer ${operatorKey.key}` });
  for (const client of [anybody, ...people]) client.close();
  return {
    operator,
    actors: [...people.map(({ headers }) => headers), ...[...keys, key].map((one) => ({ 'x-api-key': one })), {}],
  };
}

const servers = [
  ['on this machine alone', small, alone],
  [
    'with accounts, as every role',
    {
      ...small,
      ...accountsEnv,
      ESTEIRA_RATE_LIMIT_SIGN_IN_ATTEMPTS: '1000',
      // A request may switch limits to a quarter, and who switches them back must get in.
      ESTEIRA_RATE_LIMIT_USER_PER_MINUTE: '0',
    },
    manyPeople,
  ],
] as const;

for (const [about, env, prepare] of servers) {
  test(`${requests / servers.length} requests to every operation, seed ${seed}, ${about}`, async () => {
    await using server = await startIsolatedServer(env);
    const { operator, actors } = await prepare(server);
    const document = (await operator.ask('/openapi.json')).json();
    const processors = (await operator.ask('/v1/processors')).json().items.map(({ name }: { name: string }) => name);
    const files = [await newPicture(), blackPng(8, 8), mp3Lasting(0.0005), Buffer.from('no picture'), Buffer.alloc(0)];
    const options = { seed, requests: requests / servers.length, document, processors, files, actors };
    const report = await runFuzz(server, {
      ...options,
      async refill() {
        await repair(operator);
        return await refill(operator);
      },
    });
    print(report, about);
    assert.deepEqual(report.problems, []);
    assert.ok(report.sent >= options.requests);
    // It is the same server, and it works.
    await repair(operator);
    await doOrdinaryWork(operator, 'picture');
    operator.close();
  });
}

function print({ sent, operations, statuses }: FuzzReport, about: string): void {
  const counts = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
  // biome-ignore lint/suspicious/noConsole: how much was tried is what a reader wants to know
  console.log(`fuzz: ${sent} requests to ${operations} operations, seed ${seed}, ${about}; ${counts.join(', ')}`);
}
