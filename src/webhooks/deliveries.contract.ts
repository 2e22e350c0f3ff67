import assert from 'node:assert/strict';
import type { lookup as systemLookup } from 'node:dns';
import { after, afterEach, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import type { OpenDatabase } from '#database/database.ts';
import type { Actor } from '#kernel/actor.ts';
import { newId } from '#kernel/ids.ts';
import { until } from '../../test/support/until.ts';
import { readBacklog } from './backlog.ts';
import { removeOldMessages } from './retention.ts';
import { takeDeliveries } from './take-deliveries.ts';
import { type Answer, openTestWebhooks, type TestWebhooks, verified } from './test-webhooks.ts';
import type { DeliveryState, WebhookDelivery } from './webhook.ts';
import { rejectsWith } from './webhooks.contract.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const status =
  (code: number, headers = {}): Answer =>
  (response) =>
    response.writeHead(code, headers).end(`answer ${code}`);

/** What webhooks promise about receivers that fail, hang or lie, on one database. */
export function testDeliveries(driver: string, make: () => Promise<OpenDatabase>): void {
  describe(`deliveries: ${driver}`, { timeout: 120_000 }, () => {
    let line: TestWebhooks;
    let actor: Actor;
    before(async () => {
      line = await openTestWebhooks(await make());
    });
    after(() => line.close());
    afterEach(async () => {
      await line.stop();
      line.receiver.answerWith(status(204));
    });

    async function endpoint(path = `/${newId()}`, origin = line.receiver.url) {
      actor = await line.tenant();
      const made = await line.webhooks.create(actor, { url: origin + path, events: ['job.succeeded'] });
      return { ...made, path };
    }

    const untilState = (id: string, state: DeliveryState, attempts?: number) =>
      until(async () => {
        const delivery = await line.webhooks.delivery(actor, id);
        assert.equal(delivery.state, state);
        if (attempts !== undefined) assert.equal(delivery.attempts, attempts);
        return delivery;
      });

    /** Sets the clock forward to the next try. */
    async function waitForTurn({ nextAt }: WebhookDelivery): Promise<number> {
      const { rows } = await sql<{ ms: number }>`
        select extract(epoch from ${nextAt}::timestamptz - now())::float8 * 1000 as ms`.execute(line.db);
      const ms = (rows[0]?.ms ?? 0) - aheadMs + 1;
      line.setForward(ms);
      aheadMs += ms;
      return ms;
    }
    let aheadMs = 0;

    test('a receiver that is down for 48 hours gets the message when it is back, with the same id', async () => {
      const { id, path, secret } = await endpoint();
      line.receiver.answerWith(status(503));
      const { id: delivery, messageId } = await line.webhooks.test(actor, id);
      line.dispatch();
      let downMs = 0;
      let attempts = 1;
      const waits: number[] = [];
      let last: WebhookDelivery = await untilState(delivery, 'pending', attempts);
      while (downMs < 48 * hourMs) {
        const waitedMs = await waitForTurn(last);
        waits.push(waitedMs);
        downMs += waitedMs;
        if (downMs >= 48 * hourMs) line.receiver.answerWith(status(200));
        attempts += 1;
        last = await untilState(delivery, downMs >= 48 * hourMs ? 'delivered' : 'pending', attempts);
      }
      const ids = line.receiver.at(path).map((each) => each.headers['webhook-id']);
      assert.equal(ids.length, attempts);
      assert.deepEqual([...new Set(ids)], [messageId]);
      for (const each of line.receiver.at(path)) verified(each, secret);
      assert.ok(
        waits.every((ms, n) => n < 2 || ms > (waits[n - 1] ?? 0)),
        `ever longer: ${waits}`,
      );
      assert.equal((await line.webhooks.get(actor, id)).failingSince, null, 'healthy again');
    });

    test('it gives up after three days; an endpoint that fails for five is switched off', async () => {
      const { id, path } = await endpoint();
      line.receiver.answerWith(status(500));
      const first = await line.webhooks.test(actor, id);
      line.dispatch();
      let waitedMs = 0;
      let last: WebhookDelivery = await untilState(first.id, 'pending', 1);
      while (last.state === 'pending') {
        waitedMs += await waitForTurn(last);
        const { attempts } = last;
        last = await until(async () => {
          const next = await line.webhooks.delivery(actor, first.id);
          assert.equal(next.attempts, attempts + 1);
          return next;
        });
      }
      assert.equal(last.state, 'failed');
      assert.equal(last.nextAt, null);
      assert.ok(waitedMs > 2.7 * dayMs && waitedMs < 3.6 * dayMs, `${waitedMs / dayMs} days`);
      assert.equal(line.receiver.at(path).length, 10);
      assert.equal((await line.webhooks.get(actor, id)).active, true);

      line.setForward(2 * dayMs);
      aheadMs += 2 * dayMs;
      const second = await line.webhooks.test(actor, id);
      await untilState(second.id, 'cancelled', 1);
      const { active, disabledReason } = await line.webhooks.get(actor, id);
      assert.deepEqual([active, disabledReason], [false, 'failing']);
      await rejectsWith('WEBHOOK_INACTIVE', line.webhooks.test(actor, id));
      await rejectsWith('WEBHOOK_INACTIVE', line.webhooks.replay(actor, first.id));

      line.receiver.answerWith(status(200));
      const mended = await line.webhooks.update(actor, id, { active: true });
      assert.deepEqual([mended.active, mended.disabledReason, mended.failingSince], [true, null, null]);
      assert.equal(await line.webhooks.replaySince(actor, id, new Date(Date.now() + hourMs)), 0);
      assert.equal(await line.webhooks.replaySince(actor, id, new Date(0)), 2);
      await untilState(first.id, 'delivered', 1);
      const { history } = await untilState(second.id, 'delivered');
      assert.deepEqual(
        history.map((each) => each.status),
        [500, 200],
      );
    });

    test('410 switches it off at once, and what waits is cancelled', async () => {
      const { id } = await endpoint();
      line.receiver.answerWith(status(410));
      const waiting = await line.webhooks.test(actor, id);
      await line.db
        .updateTable('webhook_deliveries')
        .set({ next_at: sql<Date>`now() + interval '30 days'` })
        .where('id', '=', waiting.id)
        .execute();
      const { id: delivery } = await line.webhooks.test(actor, id);
      line.dispatch();
      await untilState(delivery, 'failed', 1);
      await untilState(waiting.id, 'cancelled', 0);
      const { active, disabledReason } = await line.webhooks.get(actor, id);
      assert.deepEqual([active, disabledReason], [false, 'gone']);
    });

    test('a receiver may ask for more patience', async () => {
      const { id } = await endpoint();
      line.receiver.answerWith(status(429, { 'retry-after': '3600' }));
      const { id: delivery } = await line.webhooks.test(actor, id);
      line.dispatch();
      const { nextAt, lastAttempt } = await untilState(delivery, 'pending', 1);
      const inMs = (nextAt?.getTime() ?? 0) - aheadMs - Date.now();
      assert.ok(inMs > 0.9 * hourMs && inMs < 1.1 * hourMs, `${inMs} ms`);
      assert.deepEqual([lastAttempt?.status, lastAttempt?.excerpt], [429, 'answer 429']);
    });

    test('a redirect is not followed, wherever it leads', async () => {
      const { id, path } = await endpoint();
      line.receiver.answerWith(status(307, { location: `${line.receiver.url}/inside` }));
      const { id: delivery } = await line.webhooks.test(actor, id);
      line.dispatch();
      const { lastAttempt } = await untilState(delivery, 'pending', 1);
      assert.deepEqual([lastAttempt?.status, lastAttempt?.error], [307, null]);
      assert.deepEqual([line.receiver.at(path).length, line.receiver.at('/inside').length], [1, 0]);
    });

    test('a name that leads inside is not connected to', async () => {
      const { port } = new URL(line.receiver.url);
      const { id, path } = await endpoint(undefined, `http://hooks.example.test:${port}`);
      const lookup = ((_name: string, _options: object, done: (error: null, found: object[]) => void) =>
        done(null, [
          { address: '127.0.0.2', family: 4 },
          { address: '::1', family: 6 },
        ])) as unknown;
      const { id: delivery } = await line.webhooks.test(actor, id);
      line.dispatch({}, { lookup: lookup as typeof systemLookup });
      const { lastAttempt } = await untilState(delivery, 'pending', 1);
      assert.deepEqual([lastAttempt?.status, lastAttempt?.error], [null, 'NOT_ALLOWED']);
      assert.deepEqual(line.receiver.at(path), []);
    });

    test('an answer without end is read in part; the status counts', async () => {
      const { id } = await endpoint();
      line.receiver.answerWith((response) => {
        response.writeHead(200);
        response.write('\0'.repeat(3));
        const more = () => response.destroyed || response.write('x'.repeat(10_000), () => setImmediate(more));
        more();
      });
      const { id: delivery } = await line.webhooks.test(actor, id);
      line.dispatch();
      const { lastAttempt } = await untilState(delivery, 'delivered', 1);
      assert.equal(lastAttempt?.excerpt.length, 1_000);
    });

    test('a receiver that hangs holds up nobody else, and its time is bounded', async () => {
      const hanging = await endpoint();
      line.receiver.answerWith((response, { path }) => {
        if (path !== hanging.path) response.writeHead(204).end();
      });
      const stuck = await Promise.all(Array.from({ length: 12 }, () => line.webhooks.test(actor, hanging.id)));
      const other = await line.tenant();
      const path = `/${newId()}`;
      const { id } = await line.webhooks.create(other, { url: line.receiver.url + path, events: ['job.failed'] });
      for (let n = 0; n < 5; n++) await line.webhooks.test(other, id);
      // Fewer places than wait for the receiver that hangs.
      line.dispatch({ concurrency: 4, perReceiver: 2, timeoutMs: 60_000 });
      await until(() => assert.equal(line.receiver.at(path).length, 5));
      assert.equal(line.receiver.at(hanging.path).length, 2, 'no more at once than one receiver may have');
      await line.stop();
      assert.ok(line.tried.includes('released'));
      line.dispatch({ timeoutMs: 50 });
      const { lastAttempt } = await untilState(stuck[0]?.id ?? '', 'pending', 1);
      assert.deepEqual([lastAttempt?.status, lastAttempt?.error], [null, 'TIMEOUT']);
    });

    test('several dispatchers send each message once', async () => {
      const { id, path } = await endpoint();
      const made = await Promise.all(Array.from({ length: 40 }, () => line.webhooks.test(actor, id)));
      for (let n = 0; n < 3; n++) line.dispatch();
      await until(async () => {
        const { items } = await line.webhooks.deliveries(actor, { endpointId: id, limit: 100, state: 'delivered' });
        assert.equal(items.length, made.length);
      });
      const ids = line.receiver.at(path).map((each) => each.headers['webhook-id']);
      assert.deepEqual(ids.toSorted(), made.map((each) => each.messageId).toSorted());
    });

    test('what is old is forgotten with all that became of it, and counted no more', async () => {
      const { id } = await endpoint();
      const [old, young] = [await line.webhooks.test(actor, id), await line.webhooks.test(actor, id)];
      const before = await readBacklog(line.db);
      await line.db
        .updateTable('webhook_messages')
        .set({ created_at: sql<Date>`now() - interval '31 days'` })
        .where('id', '=', old.messageId.slice('msg_'.length))
        .execute();
      await removeOldMessages(line.db, 30 * dayMs);
      await rejectsWith('DELIVERY_NOT_FOUND', line.webhooks.delivery(actor, old.id));
      assert.equal((await line.webhooks.delivery(actor, young.id)).state, 'pending');
      const { pending, oldestSeconds } = await readBacklog(line.db);
      assert.equal(pending, before.pending - 1);
      assert.ok(oldestSeconds >= 0 && oldestSeconds < 3_600);
    });

    test('what a dead process had taken is sent again by another, once its lease is over', async () => {
      const { id, path } = await endpoint();
      const { id: delivery, messageId } = await line.webhooks.test(actor, id);
      const now = sql<Date>`now() + ${aheadMs} * interval '1 millisecond'`;
      const taken = await takeDeliveries(line.db, { now, limit: 10, perLane: 2, leaseMs: hourMs });
      assert.ok(taken.some((each) => each.id === delivery));
      line.dispatch();
      const { id: other } = await line.webhooks.test(actor, id);
      await untilState(other, 'delivered');
      assert.equal((await line.webhooks.replay(actor, delivery)).state, 'pending', 'and nobody takes it away');
      assert.equal(line.receiver.at(path).length, 1);
      line.setForward(hourMs);
      aheadMs += hourMs;
      await untilState(delivery, 'delivered', 1);
      assert.equal(line.receiver.at(path).at(-1)?.headers['webhook-id'], messageId);
      await line.webhooks.replay(actor, delivery);
      await until(() => assert.equal(line.receiver.at(path).length, 3));
      assert.equal(line.receiver.at(path).at(-1)?.headers['webhook-id'], messageId);
    });
  });
}
