import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { watchFolders } from './watch-folders.ts';

let dir: string;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'watch-'));
});
after(() => rm(dir, { recursive: true }));

test('a file is told when it is complete, and not while it is being copied', async () => {
  const stop = new AbortController();
  const changes = watchFolders([dir], { pollMs: 10, quietMs: 400, signal: stop.signal });
  const next = async () => [...((await changes.next()).value ?? [])].map((path: string) => basename(path));
  await writeFile(join(dir, 'ready.jpg'), 'all of it');
  assert.deepEqual(await next(), ['ready.jpg']);

  const copied = join(dir, 'slow.jpg');
  await writeFile(copied, 'some');
  await writeFile(join(dir, 'browser.jpg.crdownload'), 'never complete');
  let copying = true;
  const copy = (async () => {
    for (let part = 0; part < 30; part++) {
      await sleep(40);
      await appendFile(copied, 'some more');
    }
    copying = false;
  })();
  assert.deepEqual(await next(), ['ready.jpg', 'slow.jpg']);
  assert.equal(copying, false, 'it was told before the last part');
  await copy;

  await rm(join(dir, 'ready.jpg'));
  assert.deepEqual(await next(), ['slow.jpg']);
  await writeFile(copied, 'another picture');
  assert.deepEqual(await next(), ['slow.jpg'], 'changed content is news');
  stop.abort();
  assert.equal((await changes.next()).done, true);
});
