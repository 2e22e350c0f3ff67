import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { test } from 'node:test';
import { pino } from 'pino';
import { openPostgresDatabase } from '#database/drivers/postgres/postgres-database.ts';
import { openDoor } from '../../test/support/door.ts';
import { freshDatabase } from '../../test/support/servers.ts';
import { until } from '../../test/support/until.ts';
import { memoryFanOut } from './drivers/memory/memory-fan-out.ts';
import { EventHub } from './event-hub.ts';
import { addJobs, addTenant } from './test-jobs.ts';

// The rest of it is held to its promises over HTTP: src/api/events.contract.ts.

test('streams outlive a database that goes away, and then hear what they missed', { timeout: 60_000 }, async () => {
  await using opened = new AsyncDisposableStack();
  const fresh = await freshDatabase();
  opened.defer(fresh.drop);
  const door = await openDoor(fresh.url);
  opened.defer(() => door.shut());
  const near = await openPostgresDatabase({ url: fresh.url });
  opened.defer(() => near.close());
  const through = await openPostgresDatabase({ url: door.url });
  opened.defer(() => through.close());
  const actor = await addTenant(near.db);
  const fanOut = memoryFanOut();
  const log = pino({ level: 'silent' });
  const hub = new EventHub(
    { db: through.db, tenantDb: through.tenantDb, fanOut, log },
    { maxStreams: 10, maxStreamsPerUser: 10 },
  );
  opened.defer(async () => hub.close());
  const server = createServer((socket) => hub.open({ actor, socket, chunked: false })).listen(0, '127.0.0.1');
  opened.defer(async () => void server.close());
  await once(server, 'listening');

  const listen = () => {
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    opened.defer(async () => void client.destroy());
    const heard = { text: '', client };
    client.setEncoding('utf8').on('data', (text) => {
      heard.text += text;
    });
    return heard;
  };
  const first = listen();
  await until(() => assert.match(first.text, /event: ready/));
  await door.shut();
  const [missed = ''] = await addJobs(near.db, actor, 1);
  fanOut.tell('changed');
  // Who comes meanwhile waits.
  const second = listen();
  await until(() => assert.match(second.text, /^retry: /));
  assert.ok(!first.text.includes(missed));
  await door.open();
  await until(() => assert.ok(first.text.includes(`"id":"${missed}"`)), 20_000);
  await until(() => assert.match(second.text, /event: ready/));
  assert.doesNotMatch(first.text + second.text, /event: reset/);
  assert.equal(hub.size, 2);
});
