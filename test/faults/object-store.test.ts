import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Door, openDoor } from '../support/door.ts';
import { measured } from '../support/fault-report.ts';
import { type Fleet, startFleet } from '../support/fleet.ts';
import { s3Server } from '../support/s3/s3-servers.ts';
import { until } from '../support/until.ts';
import { assertInvariants } from './invariants.ts';
import { each, openWitness, suffixes } from './witness.ts';

// An object store that refuses every fifth request, and one that takes all and answers nothing. `TEST_BLACK_HOLE_MS`
// makes the second as long as it is in real life.

const blackHoleMs = Number(process.env['TEST_BLACK_HOLE_MS'] ?? 12_000);
const program = fileURLToPath(new URL('../fixtures/copying-server.ts', import.meta.url));

describe('a fleet and its object store', { timeout: 400_000 }, () => {
  let fleet: Fleet;
  let store: Refusing;
  let door: Door;
  before(async () => {
    store = await startRefusing((await s3Server('s3rver')).settings.endpoint);
    door = await openDoor(store.address);
    fleet = await startFleet('fleet', { program, env: { S3_ENDPOINT: door.url.replace(/\/$/, '') } });
  });
  after(async () => {
    await fleet[Symbol.asyncDispose]();
    await door.shut();
    await store.close();
  });

  test('F17: every fifth request is refused', async () => {
    const witness = await openWitness(fleet);
    store.share = 0.2;
    await each(suffixes('f17', 200), (suffix) => witness.copy(suffix));
    await until(async () => assert.equal(await attemptsOf(fleet, succeeded), 200), 60_000).catch(() => undefined);
    store.share = 0;
    const jobs = await attemptsOf(fleet, succeeded);
    const row = { row: 'F17', fault: 'S3 refuses 20 % with 503: of 200 jobs succeed', unit: '%' };
    assert.ok(store.refused() > 100, `${store.refused()} refused`);
    measured({ ...row, measured: (100 * jobs) / 200, threshold: { atLeast: 99.9 } });
    await assertInvariants(fleet, witness);
  });

  test('F18: it takes all and answers nothing', async () => {
    const witness = await openWitness(fleet);
    await each(suffixes('f18', 8), (suffix) => witness.copy(suffix, { runsMs: 500 }), 8);
    door.stall();
    await delay(blackHoleMs); // the fault itself
    await door.open();
    await assertInvariants(fleet, witness);
    const row = {
      row: 'F18',
      fault: `S3 answers nothing for ${blackHoleMs / 1_000} s: attempts that held a place longer than 30 s`,
    };
    const longer = (await attemptsOf(fleet, /le="\+Inf"/)) - (await attemptsOf(fleet, /le="30"/));
    measured({ ...row, measured: longer, unit: 'attempts', threshold: { atMost: 0 } });
  });
});

const succeeded = /(?=.*outcome="succeeded")(?=.*le="\+Inf")/;

/** How many attempts the workers count in the buckets with these labels. */
async function attemptsOf(fleet: Fleet, labels: RegExp): Promise<number> {
  const buckets = (await fleet.metrics()).matchAll(/^esteira_job_attempt_duration_seconds_bucket\{(.*)\} (\d+)$/gm);
  return [...buckets].reduce((sum, [, text = '', count]) => sum + (labels.test(text) ? Number(count) : 0), 0);
}

/** In front of a server: refuses a share of all requests. */
interface Refusing {
  readonly address: string;
  share: number;
  refused(): number;
  close(): Promise<void>;
}

async function startRefusing(target: string): Promise<Refusing> {
  const { hostname: host, port } = new URL(target);
  const agent = new Agent({ keepAlive: true });
  let refused = 0;
  let seed = 1;
  const server = createServer((request, response) => {
    seed = (seed * 48_271) % 2_147_483_647; // Park and Miller's: the same refusals each time
    if (seed / 2_147_483_647 < refusing.share) {
      refused += 1;
      request.resume();
      const body = '<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>';
      response.writeHead(503, { 'content-type': 'application/xml' }).end(body);
      return;
    }
    // The signature is of the headers as they are, the name of this server among them.
    const { method, url: path, rawHeaders: headers } = request;
    const onward = httpRequest({ host, port, agent, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const refusing: Refusing = {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    share: 0,
    refused: () => refused,
    async close() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return refusing;
}
