import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Config, loadConfig } from '#config.ts';
import { startServer } from '#main.ts';
import { openAdmin } from './admin.ts';

test('the same requests go to the server that holds the data folder, or to none', async (t) => {
  const cwd = await mkdtemp(join(tmpdir(), 'admin-'));
  t.after(() => rm(cwd, { recursive: true, force: true }));
  const config = loadConfig({ ESTEIRA_PORT: '0', ESTEIRA_LOG_LEVEL: 'silent', ESTEIRA_WORKER_PROCESSES: '1' }, cwd);
  const create = {
    method: 'POST',
    path: '/v1/webhooks',
    body: { url: 'https://receiver.example/a', events: ['job.succeeded'] },
  } as const;

  async function makeAlone(): Promise<{ id: string }> {
    await using alone = await openAdmin(config);
    assert.ok(!(await readdir(config.dataDir)).includes('operator-token'), 'nobody else can come in');
    return (await alone.request(create)) as { id: string };
  }
  const made = await makeAlone();

  const server = await startServer(config);
  try {
    const door = join(config.dataDir, 'operator-token');
    assert.equal((await stat(door)).mode & 0o777, 0o600);
    await using admin = await openAdmin(config);
    assert.deepEqual(await idsOf(admin), [made.id], 'what was kept without a server, the server has');
    await assert.rejects(admin.request({ method: 'GET', path: '/v1/webhooks/x' }), { code: 'WEBHOOK_NOT_FOUND' });
    await rm(door);
    await assert.rejects(admin.request({ method: 'GET', path: '/v1/webhooks' }), { code: 'FORBIDDEN' });
  } finally {
    await server.close();
  }
  assert.ok(!(await readdir(config.dataDir)).includes('operator-token'));
});

test('what lay at the place of the token is replaced, with its rights', async (t) => {
  const cwd = await mkdtemp(join(tmpdir(), 'admin-'));
  t.after(() => rm(cwd, { recursive: true, force: true }));
  const config: Config = loadConfig({ ESTEIRA_PORT: '0', ESTEIRA_LOG_LEVEL: 'silent', ESTEIRA_DATA_DIR: '.' }, cwd);
  const door = join(cwd, 'operator-token');
  await writeFile(door, 'left by a process that was killed', { mode: 0o644 });
  await using _server = { [Symbol.asyncDispose]: (await startServer(config)).close };
  assert.equal((await stat(door)).mode & 0o777, 0o600);
  await using admin = await openAdmin(config);
  assert.deepEqual(await idsOf(admin), []);
});

async function idsOf(admin: Awaited<ReturnType<typeof openAdmin>>): Promise<string[]> {
  const { items } = (await admin.request({ method: 'GET', path: '/v1/webhooks' })) as { items: { id: string }[] };
  return items.map(({ id }) => id);
}
