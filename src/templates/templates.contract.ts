import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { OpenDatabase } from '#database/database.ts';
import type { Actor } from '#kernel/actor.ts';
import { AppError, type ErrorCode } from '#kernel/errors.ts';
import { newId } from '#kernel/ids.ts';
import type { Templates } from './template.ts';
import { createTemplates } from './template-service.ts';

/** What templates promise, on one database. `make` gives an empty, migrated one; closing it is ours. */
export function testTemplates(driver: string, make: () => Promise<OpenDatabase>): void {
  describe(`templates: ${driver}`, { timeout: 60_000 }, () => {
    let database: OpenDatabase;
    let templates: Templates;
    let actor: Actor;
    before(async () => {
      database = await make();
      templates = createTemplates(database);
      actor = await tenant();
    });
    after(() => database.close());

    async function tenant(): Promise<Actor> {
      const made = { tenantId: newId(), userId: newId() };
      const audit = { created_by: made.userId, updated_by: made.userId };
      await database.db
        .insertInto('tenants')
        .values({ id: made.tenantId, name: 'a tenant', ...audit })
        .execute();
      return made;
    }

    test('a template keeps every version it has been', async () => {
      const first = await templates.create(actor, look('Promoção', '{{price}}'));
      assert.deepEqual([first.name, first.version], ['Promoção', 1]);
      assert.deepEqual(first.document, look('Promoção', '{{price}}'));
      const second = await templates.update(actor, first.id, look('Promoção', 'só {{price}}'));
      assert.deepEqual([second.id, second.version], [first.id, 2]);
      assert.ok(second.updatedAt >= first.updatedAt);
      assert.deepEqual(await templates.get(actor, first.id), second);
      assert.deepEqual(await templates.get(actor, first.id, 1), first);
      const again = await templates.update(actor, first.id, look('Promoção', 'só {{price}}'));
      assert.deepEqual(again, second, 'the same again is no new version');
      const page = await templates.versions(actor, first.id, { limit: 1 });
      assert.deepEqual(page.items, [second]);
      const rest = await templates.versions(actor, first.id, { limit: 1, cursor: page.nextCursor ?? '' });
      assert.deepEqual(rest, { items: [first], nextCursor: null });
      await rejectsWith('TEMPLATE_NOT_FOUND', templates.get(actor, first.id, 3));
      await rejectsWith('BAD_REQUEST', templates.versions(actor, first.id, { limit: 1, cursor: 'nonsense' }));
    });

    test('a change to a version that is not the newest is refused, whoever is first', async () => {
      const { id } = await templates.create(actor, look('raced'));
      const changes = Array.from({ length: 10 }, (_, n) => templates.update(actor, id, look('raced', `${n}`), 1));
      const ends = await Promise.allSettled(changes);
      assert.equal(ends.filter((end) => end.status === 'fulfilled').length, 1);
      for (const end of ends) {
        if (end.status === 'rejected')
          assert.deepEqual([end.reason.code, end.reason.extensions], ['TEMPLATE_CHANGED', { version: 2 }]);
      }
      assert.equal((await templates.get(actor, id)).version, 2);
      // Without saying on what, changes follow each other and none is lost from the versions.
      await Promise.all(Array.from({ length: 10 }, (_, n) => templates.update(actor, id, look('raced', `later ${n}`))));
      const { items } = await templates.versions(actor, id, { limit: 100 });
      assert.deepEqual(
        items.map((each) => each.version),
        Array.from({ length: 12 }, (_, n) => 12 - n),
      );
      assert.equal(new Set(items.map((each) => JSON.stringify(each.document))).size, 12);
    });

    test('names are one of a kind in a tenant', async () => {
      const taken = await templates.create(actor, look('the name'));
      const other = await templates.create(actor, look('another'));
      await rejectsWith('TEMPLATE_NAME_TAKEN', templates.create(actor, look('the name')));
      await rejectsWith('TEMPLATE_NAME_TAKEN', templates.create(actor, look(' the name ')));
      await rejectsWith('TEMPLATE_NAME_TAKEN', templates.update(actor, other.id, look('the name')));
      assert.deepEqual(await templates.get(actor, other.id), other, 'nothing half done');
      await templates.create(await tenant(), look('the name'));
      await templates.remove(actor, taken.id);
      await templates.update(actor, other.id, look('the name'));
    });

    test('what is not a template, or too large, is refused', async () => {
      await rejectsWith('TEMPLATE_INVALID', templates.create(actor, { ...look('x'), schema: 'other/1' }));
      await rejectsWith('TEMPLATE_INVALID', templates.create(actor, look('x', '{{unknown}}')));
      await rejectsWith('TEMPLATE_INVALID', templates.create(actor, look('   ')));
      await rejectsWith('TEMPLATE_INVALID', templates.create(actor, 'text'));
      await rejectsWith('INVALID_PARAMETERS', templates.create(actor, look('x', 'y'.repeat(65_536))));
      await rejectsWith('INVALID_PARAMETERS', templates.create(actor, look('x', 'nul \0')));
    });

    test('there are as many as there may be, also when many come at once', async () => {
      const full = await tenant();
      const few = createTemplates({ tenantDb: database.tenantDb, limits: { templates: 3, versions: 2 } });
      const ends = await Promise.allSettled(Array.from({ length: 8 }, (_, n) => few.create(full, look(`n ${n}`))));
      const made = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
      assert.equal(made.length, 3);
      await rejectsWith('TEMPLATE_LIMIT', few.create(full, look('one more')));
      const id = made[0]?.id ?? '';
      await few.update(full, id, look('changed'));
      await rejectsWith('TEMPLATE_LIMIT', few.update(full, id, look('changed again')));
      await few.remove(full, id);
      await few.create(full, look('one more'));
    });

    test('lists are newest first; other tenants’ templates do not exist', async () => {
      const owner = await tenant();
      const made = [];
      for (const name of ['a', 'b', 'c']) made.push(await templates.create(owner, look(name)));
      const first = await templates.list(owner, { limit: 2 });
      const second = await templates.list(owner, { limit: 2, cursor: first.nextCursor ?? '' });
      assert.deepEqual([...first.items, ...second.items], made.toReversed());
      assert.equal(second.nextCursor, null);
      const stranger = await tenant();
      const id = made[0]?.id ?? '';
      assert.deepEqual((await templates.list(stranger, { limit: 9 })).items, []);
      for (const call of [
        () => templates.get(stranger, id),
        () => templates.versions(stranger, id, { limit: 9 }),
        () => templates.update(stranger, id, look('mine')),
        () => templates.remove(stranger, id),
        () => templates.get(owner, "x'; drop table templates"),
      ]) {
        await rejectsWith('TEMPLATE_NOT_FOUND', call());
      }
      await templates.remove(owner, id);
      await rejectsWith('TEMPLATE_NOT_FOUND', templates.remove(owner, id));
    });
  });
}

function look(name: string, text = '') {
  const params = { texts: [{ kind: 'text', text }] };
  return { schema: 'esteira-template/1', name, processor: 'image.thumbnail', params, fields: { price: {} } };
}

async function rejectsWith(code: ErrorCode, promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof AppError, String(error));
    assert.equal(error.code, code);
    return true;
  });
}
