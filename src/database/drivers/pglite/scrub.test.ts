import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sql } from 'kysely';
import { localTenantId } from '../../local-tenant.ts';
import { openPGliteDatabase } from './pglite-database.ts';
import { scrub } from './scrub.ts';

test('what was deleted is in no file of the folder', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'esteira-scrub-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const { db, close } = await openPGliteDatabase({ dir });
  const [gone, kept] = [randomBytes(12).toString('hex'), randomBytes(12).toString('hex')];
  // Often enough to become one of the values that the planner remembers, and long enough to be stored apart.
  const long = Array.from({ length: 200 }, () => `${gone}${randomBytes(16).toString('hex')}`).join('');
  for (const name of [gone, kept, ...Array.from({ length: 40 }, () => gone)]) {
    await sql`insert into webhook_outbox (tenant_id, kind, subject)
      values (${localTenantId}, ${name}, ${JSON.stringify({ name, long: name === gone ? long : '' })})`.execute(db);
  }
  await sql`create index outbox_kind on webhook_outbox (kind)`.execute(db);
  await sql`analyze webhook_outbox`.execute(db);
  await sql`checkpoint`.execute(db);
  assert.ok((await filesWith(dir, gone)).length > 0, 'it was there');
  await sql`delete from webhook_outbox where kind = ${gone}`.execute(db);
  await scrub(db);
  assert.deepEqual(await filesWith(dir, gone), []);
  assert.ok((await filesWith(dir, kept)).length > 0, 'the rest is still there');
  await close();
  assert.deepEqual(await filesWith(dir, gone), []);
  const again = await openPGliteDatabase({ dir });
  const { rows } = await sql<{ kind: string }>`select kind from webhook_outbox`.execute(again.db);
  assert.deepEqual(rows, [{ kind: kept }]);
  await again.close();
});

async function filesWith(dir: string, text: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = await Promise.all(paths.map(async (path) => ((await readFile(path)).includes(text) ? [path] : [])));
  return found.flat();
}
