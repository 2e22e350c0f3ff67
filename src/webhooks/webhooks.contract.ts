import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import type { OpenDatabase } from '#database/database.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError, type ErrorCode } from '#kernel/errors.ts';
import { newId } from '#kernel/ids.ts';
import { until } from '../../test/support/until.ts';
import { endJob, insertJob, openTestWebhooks, type TestWebhooks, verified } from './test-webhooks.ts';
import { webhookEvents } from './webhook.ts';

/** What webhooks promise about events and endpoints, on one database. `make` gives an empty, migrated one. */
export function testWebhooks(driver: string, make: () => Promise<OpenDatabase>): void {
  describe(`webhooks: ${driver}`, { timeout: 120_000 }, () => {
    let line: TestWebhooks;
    let actor: Actor;
    let path: string;
    before(async () => {
      line = await openTestWebhooks(await make());
    });
    after(() => line.close());
    afterEach(async () => {
      await line.stop();
      line.receiver.answerWith((response) => response.writeHead(204).end());
    });

    /** Somebody new with one endpoint, at a path that nobody else has. */
    async function listening(events: readonly (typeof webhookEvents)[number][] = webhookEvents) {
      actor = await line.tenant();
      path = `/${newId()}`;
      return line.webhooks.create(actor, { url: line.receiver.url + path, events });
    }

    const got = (count: number) =>
      until(() => {
        const received = line.receiver.at(path);
        assert.ok(received.length >= count, `${received.length} of ${count} have come`);
        return received;
      });

    const notes = () => line.db.selectFrom('webhook_outbox').selectAll().execute();

    test('a job’s end is told once, signed, with what the job became', async () => {
      const { secret, ...endpoint } = await listening();
      assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
      line.dispatch();
      const id = await insertJob(line, actor, { metadata: '{"order":"ü 1"}' });
      const sha256 = (newId() + newId()).replaceAll('-', '');
      // As a worker does: the outputs come after the end, in its transaction.
      await line.db.transaction().execute(async (db) => {
        await endJob({ db }, id);
        const output = { job_id: id, index: 0, media_type: 'image/png', size_bytes: 7, sha256, data: null };
        await db.insertInto('job_outputs').values(output).execute();
      });
      const [message] = await got(1);
      assert.ok(message);
      const { type, timestamp, data } = verified(message, secret);
      assert.equal(type, 'job.succeeded');
      assert.equal(timestamp, data['finishedAt']);
      assert.deepEqual([data['id'], data['status'], data['metadata']], [id, 'succeeded', { order: 'ü 1' }]);
      assert.deepEqual(data['outputs'], [{ index: 0, mediaType: 'image/png', sizeBytes: 7, sha256, data: null }]);
      assert.equal(message.headers['content-type'], 'application/json');
      const settled = await until(async () => {
        const { items } = await line.webhooks.deliveries(actor, { endpointId: endpoint.id, limit: 10 });
        assert.deepEqual(
          items.map((each) => each.state),
          ['delivered'],
        );
        return items[0];
      });
      assert.equal(settled?.messageId, message.headers['webhook-id']);
      assert.equal(settled?.lastAttempt?.status, 204);
      const detail = await line.webhooks.delivery(actor, settled?.id ?? '');
      assert.equal(detail.body, message.body);
      assert.equal(detail.history.length, 1);
      assert.deepEqual(await notes(), []);
      assert.equal(line.receiver.at(path).length, 1);
    });

    test('each end is an event of its own; what was asked for, nothing else', async () => {
      const { secret } = await listening(['job.failed', 'job.cancelled']);
      const good = await insertJob(line, actor);
      await endJob(line, good);
      assert.deepEqual(await notes(), [], 'nobody wants to hear of successes');
      const id = await insertJob(line, actor);
      await endJob(line, id, 'failed');
      // Tried again before anybody was told: the message still says what happened.
      await line.db
        .updateTable('jobs')
        .set({ status: 'queued', finished_at: null, error_code: null, error_detail: null })
        .where('id', '=', id)
        .execute();
      await line.db.transaction().execute(async (db) => {
        await endJob({ db }, id, 'cancelled');
        await db.deleteFrom('jobs').where('id', '=', id).execute();
      });
      line.dispatch();
      const messages = (await got(2)).map((each) => verified(each, secret));
      const byType = new Map(messages.map(({ type, data }) => [type, data]));
      assert.deepEqual([...byType.keys()].sort(), ['job.cancelled', 'job.failed']);
      assert.deepEqual(byType.get('job.failed')?.['error'], { code: 'NO_SUBJECT', detail: 'for the test' });
      assert.deepEqual([byType.get('job.cancelled')?.['id'], byType.get('job.cancelled')?.['outputs']], [id, []]);
    });

    test('where nobody listens, nothing is written', async () => {
      actor = await line.tenant();
      await endJob(line, await insertJob(line, actor));
      await listening();
      await endJob(line, await insertJob(line, actor, { hidden: true }));
      const id = await insertJob(line, actor);
      const active = { status: 'active', lease_owner: 'x', lease_expires_at: new Date(), attempt: 1 } as const;
      await line.db.updateTable('jobs').set(active).where('id', '=', id).execute();
      await line.db.updateTable('jobs').set({ progress: 0.5 }).where('id', '=', id).execute();
      const undone = line.db.transaction().execute(async (db) => {
        await endJob({ db }, await insertJob({ db }, actor));
        throw new Error('changed my mind');
      });
      await assert.rejects(undone, /changed my mind/);
      assert.deepEqual(await notes(), []);
    });

    test('an address that a job names gets its end too, also of one that was known at once', async () => {
      actor = await line.tenant();
      path = `/${newId()}`;
      const webhook_url = line.receiver.url + path;
      const ran = await insertJob(line, actor, { webhook_url, hidden: true });
      await endJob(line, ran);
      const known = await insertJob(line, actor, { webhook_url, status: 'succeeded', finished_at: new Date() });
      line.dispatch();
      const { secret } = await line.webhooks.secret(actor);
      const messages = (await got(2)).map((each) => verified(each, secret));
      assert.deepEqual(messages.map(({ data }) => data['id']).sort(), [ran, known].sort());
      const page = await line.webhooks.deliveries(actor, { subjectId: known, limit: 10 });
      assert.deepEqual(
        page.items.map(({ url, endpointId }) => [url, endpointId]),
        [[webhook_url, null]],
      );
    });

    test('a batch has finished once, when its last job has, and again after a retry', async () => {
      const { secret } = await listening(['batch.finished']);
      const { tenantId: tenant_id, userId } = actor;
      const batch_id = newId();
      const row = { id: batch_id, tenant_id, owner_id: userId, created_by: userId, updated_by: userId };
      await line.db
        .insertInto('batches')
        .values({ ...row, processor: 'test.echo' })
        .execute();
      const inBatch = (batch_index: number) => insertJob(line, actor, { batch_id, batch_index });
      const ids = await Promise.all([0, 1, 2, 3].map(inBatch));
      line.dispatch();
      line.dispatch();
      await Promise.all(ids.map((id) => endJob(line, id, 'failed')));
      const [first] = await got(1);
      assert.ok(first);
      const { data } = verified(first, secret);
      assert.deepEqual([data['id'], data['status']], [batch_id, 'finished']);
      const again = { status: 'queued', finished_at: null, error_code: null, error_detail: null } as const;
      await line.db
        .updateTable('jobs')
        .set(again)
        .where('id', '=', ids[0] ?? '')
        .execute();
      await endJob(line, ids[0] ?? '');
      const [, second] = await got(2);
      assert.ok(second);
      assert.equal((verified(second, secret).data['counts'] as Record<string, number>)['succeeded'], 1);
      await until(async () => assert.deepEqual(await notes(), []));
      assert.equal(line.receiver.at(path).length, 2);
    });

    test('the end of a pipeline is told to endpoints, and to the address that it names', async () => {
      const { secret } = await listening(['pipeline.failed']);
      const { tenantId: tenant_id, userId } = actor;
      const id = newId();
      const owner = { id, tenant_id, owner_id: userId, created_by: userId, updated_by: userId };
      const webhook_url = `${line.receiver.url}${path}-own`;
      await line.db
        .insertInto('pipelines')
        .values({ ...owner, status: 'active', priority: 'normal', webhook_url })
        .execute();
      const become = (status: 'failed' | 'active', finished_at: Date | null) =>
        line.db.updateTable('pipelines').set({ status, finished_at }).where('id', '=', id).execute();
      await become('failed', new Date());
      await become('active', null);
      line.dispatch();
      const [told] = await got(1);
      const [own] = await until(() => {
        const received = line.receiver.at(`${path}-own`);
        assert.equal(received.length, 1);
        return received;
      });
      assert.ok(told && own);
      assert.equal(own.headers['webhook-id'], told.headers['webhook-id']);
      const { type, data } = verified(told, secret);
      assert.deepEqual([type, data['id'], data['status']], ['pipeline.failed', id, 'failed']);
      verified(own, (await line.webhooks.secret(actor)).secret);
    });

    test('what is too large for a message is left out, and says so', async () => {
      const { secret } = await listening();
      const id = await insertJob(line, actor, {
        params: JSON.stringify({ long: 'ü'.repeat(20_000) }),
        metadata: JSON.stringify({ order: 'x'.repeat(10_000) }),
      });
      await endJob(line, id);
      line.dispatch();
      const [message] = await got(1);
      assert.ok(message && Buffer.byteLength(message.body) <= 20_000);
      const { data } = verified(message, secret);
      assert.deepEqual([data['id'], data['omitted'], 'params' in data], [id, ['params'], false]);
    });

    test('after a rotation both secrets fit, for a day', async () => {
      const { id, secret: old } = await listening();
      const { secret, previous } = await line.webhooks.rotate(actor, id);
      assert.notEqual(secret, old);
      assert.equal(previous?.secret, old);
      line.dispatch();
      await line.webhooks.test(actor, id);
      const [first] = await got(1);
      assert.ok(first);
      for (const each of [secret, old]) assert.equal(verified(first, each).type, 'ping');
      await line.db
        .updateTable('webhook_endpoints')
        .set({ previous_secret_until: sql<Date>`now() - interval '1 second'` })
        .where('id', '=', id)
        .execute();
      assert.deepEqual(await line.webhooks.secret(actor, id), { secret, previous: null });
      await line.webhooks.test(actor, id);
      const [, second] = await got(2);
      assert.ok(second);
      verified(second, secret);
      assert.throws(() => verified(second, old), /No matching signature/);
      const own = await line.webhooks.secret(actor);
      const rotated = await line.webhooks.rotate(actor);
      assert.deepEqual([rotated.previous?.secret, rotated.secret === own.secret], [own.secret, false]);
    });

    test('endpoints are checked, counted, and each tenant’s own', async () => {
      const { id, url, ...rest } = await listening();
      assert.deepEqual([rest.active, rest.disabledReason, rest.failingSince], [true, null, null]);
      const refused = ['ftp://example.com/', 'http://user:pass@example.com/', 'http://10.0.0.1/', 'http://[::1]/x'];
      for (const each of [...refused, 'http://169.254.169.254/latest', 'nonsense', 'http://2130706434/']) {
        await rejectsWith('URL_NOT_ALLOWED', line.webhooks.create(actor, { url: each, events: ['job.failed'] }));
        await rejectsWith('URL_NOT_ALLOWED', line.webhooks.update(actor, id, { url: each }));
      }
      const events = ['job.failed', 'job.succeeded', 'job.failed'] as const;
      const changed = await line.webhooks.update(actor, id, { events, description: ' orders ' });
      assert.deepEqual([changed.events, changed.description], [['job.succeeded', 'job.failed'], 'orders']);
      assert.deepEqual(await line.webhooks.get(actor, id), changed);
      const listed = JSON.stringify((await line.webhooks.list(actor, { limit: 10 })).items);
      assert.ok(!listed.includes('whsec_'));

      const stranger = await line.tenant();
      const { id: delivery } = await line.webhooks.test(actor, id);
      for (const call of [
        () => line.webhooks.get(stranger, id),
        () => line.webhooks.update(stranger, id, { active: false }),
        () => line.webhooks.remove(stranger, id),
        () => line.webhooks.secret(stranger, id),
        () => line.webhooks.rotate(stranger, id),
        () => line.webhooks.test(stranger, id),
        () => line.webhooks.deliveries(stranger, { endpointId: id, limit: 1 }),
        () => line.webhooks.replaySince(stranger, id, new Date(0)),
        () => line.webhooks.get(actor, "x'; drop table jobs"),
      ]) {
        await rejectsWith('WEBHOOK_NOT_FOUND', call());
      }
      await rejectsWith('DELIVERY_NOT_FOUND', line.webhooks.delivery(stranger, delivery));
      await rejectsWith('DELIVERY_NOT_FOUND', line.webhooks.replay(stranger, delivery));

      const ends = await Promise.allSettled(
        Array.from({ length: 25 }, () => line.webhooks.create(actor, { url, events: ['job.failed'] })),
      );
      assert.equal(ends.filter((end) => end.status === 'fulfilled').length, 19);
      await rejectsWith('WEBHOOK_LIMIT', line.webhooks.create(actor, { url, events: ['job.failed'] }));
      const first = await line.webhooks.list(actor, { limit: 15 });
      const second = await line.webhooks.list(actor, { limit: 15, cursor: first.nextCursor ?? '' });
      assert.deepEqual([first.items.length, second.items.length, second.nextCursor], [15, 5, null]);
      await line.webhooks.remove(actor, id);
      await rejectsWith('DELIVERY_NOT_FOUND', line.webhooks.delivery(actor, delivery));
    });
  });
}

export async function rejectsWith(code: ErrorCode, promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof AppError, String(error));
    assert.equal(error.code, code);
    return true;
  });
}
