import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { testMaskProvider } from '../../mask-provider.contract.ts';
import { removebgPeer } from '../../test-peers.ts';
import { removebgProvider } from './removebg-provider.ts';

const key = 'k3y-4711';

testMaskProvider('removebg', {
  secret: key,
  fileField: 'image_file',
  startPeer: () => removebgPeer(key),
  open: (url) => removebgProvider({ url, key }),
});

test('asks for a PNG of the highest resolution; a key it does not know is refused', async (t) => {
  const peer = await removebgPeer(key);
  const dir = await mkdtemp(join(tmpdir(), 'esteira-removebg-'));
  t.after(async () => {
    await peer.close();
    await rm(dir, { recursive: true });
  });
  const path = join(dir, 'picture');
  await writeFile(path, 'picture');
  const { signal } = new AbortController();
  const picture = { path, mediaType: 'image/jpeg', sizeBytes: 7, widthPx: 9, heightPx: 9, dir, signal };
  await removebgProvider({ url: peer.url, key }).cutOut(picture);
  assert.deepEqual([peer.form?.get('size'), peer.form?.get('format')], ['auto', 'png']);
  await assert.rejects(removebgProvider({ url: peer.url, key: 'wrong' }).cutOut(picture), { code: 'PROVIDER_DENIED' });
});
