import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { openPGliteDatabase } from './pglite-database.ts';

test('kill -9 while writing loses no committed row and leaves no broken table', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'esteira-pglite-kill-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const acknowledged: string[] = [];
  for (const rowsBeforeKill of [1, 120]) {
    acknowledged.push(...(await writeUntilKilled(dir, rowsBeforeKill)));
    const opened = await openPGliteDatabase({ dir });
    const rows = await opened.db.selectFrom('tenants').select('id').where('name', '=', 'written').execute();
    const found = new Set(rows.map((row) => row.id));
    const throughIndex = await Promise.all(
      acknowledged.map((id) => opened.db.selectFrom('tenants').select('id').where('id', '=', id).executeTakeFirst()),
    );
    await opened.close();
    assert.deepEqual(
      acknowledged.filter((id) => !found.has(id)),
      [],
    );
    assert.ok(throughIndex.every((row) => row !== undefined));
  }
});

/** @returns the ids whose insertion the process had reported when it was killed */
async function writeUntilKilled(dir: string, rows: number): Promise<string[]> {
  const program = `
    import { openPGliteDatabase } from '#database/drivers/pglite/pglite-database.ts';
    import { newId } from '#kernel/ids.ts';
    const { db } = await openPGliteDatabase({ dir: process.argv[1] });
    for (;;) {
      const id = newId();
      await db.insertInto('tenants').values({ id, name: 'written', created_by: id, updated_by: id }).execute();
      process.stdout.write(id + '\\n');
    }`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program, dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const ids: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    ids.push(line);
    if (ids.length === rows) child.kill('SIGKILL');
  }
  await exit;
  assert.ok(ids.length >= rows);
  return ids;
}
