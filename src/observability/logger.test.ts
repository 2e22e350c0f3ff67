import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '../../test/support/until.ts';
import { createLogger } from './logger.ts';

test('a log file is bounded: the file and one predecessor', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'log-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const file = join(root, 'logs', 'esteira.log');
  const log = createLogger({ level: 'info', file, maxFileBytes: 20_000 });
  const lineBytes = 1_000;
  for (let line = 0; line < 200; line++) {
    log.info({ line, filling: 'x'.repeat(lineBytes) }, 'line');
    // One at a time, as a server logs: the file changes between writes.
    await until(async () => assert.ok(await isWritten(line)));
  }
  for (const path of [file, `${file}.1`]) assert.ok((await stat(path)).size < 20_000 + 2 * lineBytes, path);

  async function isWritten(line: number): Promise<boolean> {
    const both = await Promise.all([file, `${file}.1`].map((path) => readFile(path, 'utf8').catch(() => '')));
    return both.some((text) => text.includes(`"line":${line},`));
  }
});

test('what might be a secret is hidden, errors are shown', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'log-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const file = join(root, 'esteira.log');
  const log = createLogger({ level: 'info', file });
  log.warn(
    { err: new Error('went away'), headers: { authorization: 'Bearer abc', cookie: 'abc' }, password: 'abc' },
    'x',
  );
  const text = await until(async () => {
    const written = await readFile(file, 'utf8');
    assert.notEqual(written, '');
    return written;
  });
  assert.doesNotMatch(text, /abc/);
  assert.match(text, /went away/);
  assert.ok(!Number.isNaN(Date.parse(JSON.parse(text).time)));
});
