import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { AppError } from '#kernel/errors.ts';
import { lockDataDir, readDataDirHolder } from './data-dir-lock.ts';

test('the second process is told who holds the folder, and gets it when that one is killed', async (t) => {
  const dir = await temporaryDir(t);
  const holder = await startHolder(t, dir);
  await assert.rejects(lockDataDir(dir, 'http://127.0.0.1:2'), (error) => {
    assert.ok(error instanceof AppError && error.code === 'DATA_DIR_LOCKED');
    assert.match(error.detail, new RegExp(`process ${holder.pid} .* since 20.*http://127\\.0\\.0\\.1:1\\.`));
    assert.doesNotMatch(error.detail, new RegExp(dir));
    return true;
  });
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const lock = await lockDataDir(dir, 'http://127.0.0.1:2');
  assert.equal(readDataDirHolder(dir)?.pid, process.pid);
  lock.release();
});

test('releasing frees the folder and its note, and may be done twice', async (t) => {
  const dir = await temporaryDir(t);
  const first = await lockDataDir(dir, 'http://127.0.0.1:1');
  await assert.rejects(lockDataDir(dir, 'http://127.0.0.1:2'));
  first.release();
  first.release();
  assert.equal(existsSync(join(dir, 'esteira.lock.json')), false);
  const second = await lockDataDir(dir, 'http://127.0.0.1:2');
  first.release();
  await assert.rejects(lockDataDir(dir, 'http://127.0.0.1:3'));
  second.release();
});

async function startHolder(t: TestContext, dir: string): Promise<ChildProcess> {
  const program = `
    import { lockDataDir } from '#database/data-dir-lock.ts';
    await lockDataDir(process.argv[1], 'http://127.0.0.1:1');
    process.stdout.write('locked');
    setInterval(() => undefined, 60_000);`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program, dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

async function temporaryDir(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'esteira-lock-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  return dir;
}
