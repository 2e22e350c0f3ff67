import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { type Kysely, sql } from 'kysely';
import { localPrincipal } from '#accounts/local-access.ts';
import type { OpenDatabase } from '#database/database.ts';
import { localTenantId } from '#database/local-tenant.ts';
import type { Database } from '#database/schema.ts';
import type { Act, Audit, AuditEntry, AuditLog } from './audit.ts';
import { createAuditTrail } from './audit-trail.ts';
import { blankPerson, blankTenant } from './blank-entries.ts';
import { firstHash } from './chain.ts';
import { sealActs } from './seal-acts.ts';
import { trimEntries } from './trim-entries.ts';

/** What must hold on every engine. `make` gives an empty, migrated database. */
export function testAudit(
  engine: string,
  make: () => Promise<{ database: OpenDatabase; close: () => Promise<void> }>,
): void {
  describe(`record of acts: ${engine}`, () => {
    let database: OpenDatabase;
    let db: Kysely<Database>;
    let close: () => Promise<void>;
    let audit: Audit & AuditLog;
    before(async () => {
      ({ database, close } = await make());
      db = database.db;
      audit = createAuditTrail({
        db,
        people: async (ids) => ids.map((id) => ({ id, name: `Person ${id.slice(0, 4)}` })),
      });
    });
    after(() => close());

    test('what was done is there at once, newest first, as it was told', async () => {
      const tenantId = randomUUID();
      const userId = randomUUID();
      const by = { kind: 'user', userId, credentialId: 'session-1' } as const;
      const origin = { ip: '192.0.2.1', userAgent: 'test', requestId: 'r1' };
      const change = { before: { role: 'viewer' }, after: { role: 'admin', odd: 'ü\u0000"\\' }, origin };
      await audit.record({ tenantId, by, action: 'member.changed', subject: { kind: 'member', id: 'm1' }, ...change });
      await audit.record(actIn(tenantId, 'key.created'));
      const { items, nextCursor } = await audit.list(tenantId, { limit: 10 });
      assert.deepEqual(
        items.map(({ number, action }) => [number, action]),
        [
          [2, 'key.created'],
          [1, 'member.changed'],
        ],
      );
      assert.equal(nextCursor, null);
      assert.deepEqual(items[1]?.content, { by, subject: { kind: 'member', id: 'm1' }, ...change });
      assert.equal(items[1]?.byName, `Person ${userId.slice(0, 4)}`);
      assert.ok(Math.abs(Number(items[1]?.at) - Date.now()) < 60_000);
    });

    test('an act stands or falls with the transaction that does it', async () => {
      const tenantId = randomUUID();
      const doing = db.transaction().execute(async (trx) => {
        await audit.record(actIn(tenantId, 'asset.removed'), trx);
        throw new Error('changed my mind');
      });
      await assert.rejects(doing, /changed my mind/);
      assert.deepEqual((await audit.list(tenantId, { limit: 10 })).items, []);
      await database.tenantDb.run(localTenantId, (trx) => audit.record(actIn(localTenantId, 'asset.removed'), trx));
      assert.equal((await audit.list(localTenantId, { limit: 10 })).items.length, 1);
    });

    test('many who record and many who give places make one chain without gaps', async () => {
      const tenantIds = [randomUUID(), randomUUID()];
      await Promise.all(
        Array.from({ length: 60 }, async (_, index) => {
          await audit.record(actIn(tenantIds[index % 2] ?? '', `act.${index}`));
          if (index % 5 === 0) await sealActs(db);
        }),
      );
      for (const tenantId of tenantIds) {
        const { items } = await audit.list(tenantId, { limit: 100 });
        assert.deepEqual(
          items.map(({ number }) => number),
          Array.from({ length: 30 }, (_, index) => 30 - index),
        );
        assert.deepEqual(pickReport(await audit.verify(tenantId)), { entries: 30, blanked: 0, intact: true });
      }
    });

    test('the hashes are what PostgreSQL computes of the same texts', async () => {
      const tenantId = await chainOfFive(audit);
      const { rows } = await sql<{ number: number }>`
        select number from (
          select *, coalesce(lag(hash) over (order by number), ${firstHash}) as previous
          from audit_entries where chain = ${tenantId}) as entry
        where content_hash = encode(sha256(convert_to(salt || chr(10) || content, 'UTF8')), 'hex')
          and hash = encode(sha256(convert_to(format(
            '{"action":%s,"at":"%s","chain":"%s","contentHash":"%s","id":"%s","number":%s,"previous":"%s"}',
            to_json(action), to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), chain, content_hash,
            id, number, previous), 'UTF8')), 'hex')`.execute(db);
      assert.equal(rows.length, 5);
    });

    test('nothing can be changed, taken out or emptied, not even by the owner of the tables', async () => {
      const tenantId = await chainOfFive(audit);
      const refused = (change: Promise<unknown>) => assert.rejects(change, /can only be added to/);
      await refused(db.updateTable('audit_entries').set({ action: 'x' }).where('chain', '=', tenantId).execute());
      await refused(db.updateTable('audit_entries').set({ content: '{}' }).where('chain', '=', tenantId).execute());
      await refused(db.deleteFrom('audit_entries').where('chain', '=', tenantId).execute());
      await refused(sql`truncate audit_entries`.execute(db));
      assert.equal((await audit.verify(tenantId)).entries, 5);
    });

    test('a tenant may read its own entries and add acts of its own, no more', async () => {
      await audit.record(actIn(localTenantId, 'asset.removed'));
      await chainOfFive(audit);
      await sealActs(db);
      const run = database.tenantDb.run;
      const seen = await run(localTenantId, (trx) => trx.selectFrom('audit_entries').select('tenant_id').execute());
      assert.ok(seen.length > 0);
      assert.deepEqual(new Set(seen.map(({ tenant_id }) => tenant_id)), new Set([localTenantId]));
      const denied = (work: Parameters<typeof run<unknown>>[1]) =>
        assert.rejects(run(localTenantId, work), /permission denied|row-level security/);
      await denied((trx) => trx.updateTable('audit_entries').set({ content: null, salt: null, by_id: null }).execute());
      await denied((trx) => trx.deleteFrom('audit_entries').execute());
      await denied((trx) => trx.selectFrom('audit_chains').selectAll().execute());
      await denied((trx) => trx.deleteFrom('audit_outbox').execute());
      await denied((trx) => audit.record(actIn(randomUUID(), 'asset.removed'), trx));
    });

    const tampering: readonly [string, number, (entries: Entries) => Promise<unknown>][] = [
      ['a content is changed', 3, ({ at }) => at(3).set('content', `{"by":null,"subject":{"id":"x","kind":"y"}}`)],
      ['an action is changed', 3, ({ at }) => at(3).set('action', 'harmless.act')],
      ['a time is changed', 2, ({ at }) => at(2).set('at', '2001-01-01T00:00:00Z')],
      ['it names somebody else', 4, ({ at }) => at(4).set('by_id', randomUUID())],
      ['an entry is gone', 3, ({ at }) => at(3).remove()],
      ['the first is gone', 1, ({ at }) => at(1).remove()],
      ['the last is gone', 5, ({ at }) => at(5).remove()],
      [
        'the end was set back with it',
        5,
        ({ at, setEnd }) =>
          at(5)
            .remove()
            .then(() => setEnd(4)),
      ],
      ['two have changed places', 2, ({ swap }) => swap(2, 3)],
    ];
    for (const [what, number, tamper] of tampering) {
      test(`it shows when ${what}`, async () => {
        const tenantId = await chainOfFive(audit);
        const known = (await audit.verify(tenantId)).head;
        await withoutGuards(db, (trx) => tamper(entriesOf(trx, tenantId)));
        // Who owns the database can set the end back; who kept it knows.
        const report = await audit.verify(tenantId, known);
        assert.equal(report.intact, false);
        assert.equal(report.brokenAt?.number, number);
        const all = await audit.verifyAll();
        if (what !== 'the end was set back with it') {
          assert.deepEqual([all.intact, all.brokenAt, all.brokenIn], [false, number, tenantId]);
        }
        await withoutGuards(db, (trx) => entriesOf(trx, tenantId).forget());
        assert.equal((await audit.verifyAll()).intact, true);
      });
    }

    test('what a person was known by is gone from the record, and the chain still holds', async () => {
      const tenantId = randomUUID();
      const person = { kind: 'user', userId: randomUUID(), credentialId: 's' } as const;
      const subject = { kind: 'x', id: '1' };
      await audit.record({ ...actIn(tenantId, 'asset.removed'), by: person });
      await audit.record({ ...actIn(tenantId, 'member.invited'), subject, after: { email: 'Ana@Example.org' } });
      await audit.record({ ...actIn(tenantId, 'member.changed'), subject: { kind: 'member', id: person.userId } });
      await audit.record(actIn(tenantId, 'key.created'));
      const texts = ['ana@example.org', 'Ana "A." Sá'];
      assert.equal(await blankPerson(db, { userId: person.userId, texts }), 3);
      const { rows } = await sql<{ line: string }>`
        select lower(entry::text) as line from audit_entries as entry where chain = ${tenantId}`.execute(db);
      const found = rows.filter(({ line }) => [person.userId, ...texts].some((text) => line.includes(text)));
      assert.deepEqual(found, []);
      assert.deepEqual(pickReport(await audit.verify(tenantId)), { entries: 4, blanked: 3, intact: true });
      const { items } = await audit.list(tenantId, { limit: 10 });
      assert.deepEqual(
        items.map(({ action, content }) => [action, content === undefined]),
        [
          ['key.created', false],
          ['member.changed', true],
          ['member.invited', true],
          ['asset.removed', true],
        ],
      );
      assert.equal(await blankTenant(db, tenantId), 1);
      assert.deepEqual(pickReport(await audit.verify(tenantId)), { entries: 4, blanked: 4, intact: true });
    });

    test('what was kept long enough is given up, and the rest can still be followed', async () => {
      const tenantId = await chainOfFive(audit);
      const otherId = await chainOfFive(audit);
      await sealActs(db);
      const inTenDays = Date.now() + 10 * 86_400_000;
      const kept = async (id: string | null) => (id === tenantId ? 9 : null);
      await audit.record(actIn(tenantId, 'late.act'));
      await sealActs(db);
      assert.equal(await trimEntries(db, kept, inTenDays), 6);
      assert.deepEqual(pickReport(await audit.verify(tenantId)), { entries: 0, blanked: 0, intact: true });
      await audit.record(actIn(tenantId, 'later.act'));
      const { items } = await audit.list(tenantId, { limit: 10 });
      assert.deepEqual(
        items.map(({ number }) => number),
        [7],
      );
      assert.deepEqual(pickReport(await audit.verify(tenantId)), { entries: 1, blanked: 0, intact: true });
      assert.equal((await audit.verify(otherId)).entries, 5);
      // Not yet: they are too young.
      assert.equal(await trimEntries(db, async () => 30), 0);
    });

    test('a filter finds what it says, page by page', async () => {
      const tenantId = randomUUID();
      const by = { kind: 'key', userId: randomUUID(), credentialId: 'Abcdefgh12345678' } as const;
      for (let index = 0; index < 7; index++) {
        await audit.record({ ...actIn(tenantId, `member.${index}`), ...(index % 2 === 0 && { by }) });
      }
      await audit.record(actIn(tenantId, 'members.other'));
      const actions = async (filter: object) =>
        (await audit.list(tenantId, { ...filter, limit: 100 })).items.map(({ action }) => action).sort();
      assert.deepEqual(await actions({ action: 'member.3' }), ['member.3']);
      assert.equal((await actions({ action: 'member' })).length, 7);
      const byKey = ['member.0', 'member.2', 'member.4', 'member.6'];
      assert.deepEqual(await actions({ by: by.credentialId }), byKey);
      assert.deepEqual(await actions({ by: by.userId }), byKey);
      assert.deepEqual(await actions({ to: new Date(0) }), []);
      assert.equal((await actions({ from: new Date(0) })).length, 8);
      const pages: AuditEntry[][] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page = await audit.list(tenantId, { limit: 3, ...(cursor !== undefined && { cursor }) });
        pages.push(page.items);
        cursor = page.nextCursor;
      }
      assert.deepEqual(
        pages.map((page) => page.map(({ number }) => number)),
        [
          [8, 7, 6],
          [5, 4, 3],
          [2, 1],
        ],
      );
      const all: number[] = [];
      for await (const { number } of audit.entries(tenantId, {})) all.push(number);
      assert.deepEqual(all, [1, 2, 3, 4, 5, 6, 7, 8]);
      await assert.rejects(audit.list(tenantId, { limit: 3, cursor: 'bm9uZQ' }), /cursor/);
    });
  });
}

function actIn(tenantId: string | null, action: string): Act {
  return { tenantId, by: localPrincipal, action, subject: { kind: 'thing', id: '1' } };
}

async function chainOfFive(audit: Audit & AuditLog): Promise<string> {
  const tenantId = randomUUID();
  for (const action of ['a.1', 'b.2', 'c.3', 'd.4', 'e.5']) await audit.record(actIn(tenantId, action));
  assert.equal((await audit.verify(tenantId)).entries, 5);
  return tenantId;
}

function pickReport({ entries, blanked, intact }: Awaited<ReturnType<AuditLog['verify']>>) {
  return { entries, blanked, intact };
}

/** As somebody who owns the database and means ill. */
async function withoutGuards(db: Kysely<Database>, tamper: (trx: Kysely<Database>) => Promise<unknown>): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`set local session_replication_role = replica`.execute(trx);
    await tamper(trx);
  });
}

type Entries = ReturnType<typeof entriesOf>;

function entriesOf(db: Kysely<Database>, chain: string) {
  const table = sql.table('audit_entries');
  const here = (number: number) => sql`chain = ${chain} and number = ${number}`;
  return {
    at: (number: number) => ({
      set: (column: string, value: string) =>
        sql`update ${table} set ${sql.ref(column)} = ${value} where ${here(number)}`.execute(db),
      remove: () => sql`delete from ${table} where ${here(number)}`.execute(db),
    }),
    swap: async (one: number, other: number) => {
      await sql`update ${table} set number = 1000 where ${here(one)}`.execute(db);
      await sql`update ${table} set number = ${one} where ${here(other)}`.execute(db);
      await sql`update ${table} set number = ${other} where ${here(1000)}`.execute(db);
    },
    setEnd: (number: number) =>
      sql`update audit_chains set number = ${number}, hash = (select hash from ${table} where ${here(number)})
        where chain = ${chain}`.execute(db),
    forget: async () => {
      await sql`delete from ${table} where chain = ${chain}`.execute(db);
      await sql`delete from audit_chains where chain = ${chain}`.execute(db);
    },
  };
}
