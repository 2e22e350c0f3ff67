import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { testMaskProvider } from '../../mask-provider.contract.ts';
import { rembgPeer } from '../../test-peers.ts';
import { rembgProvider } from './rembg-provider.ts';

testMaskProvider('rembg', { fileField: 'file', startPeer: rembgPeer, open: rembgProvider });

test('the query of its address becomes fields of the form', async (t) => {
  const peer = await rembgPeer();
  const dir = await mkdtemp(join(tmpdir(), 'esteira-rembg-'));
  t.after(async () => {
    await peer.close();
    await rm(dir, { recursive: true });
  });
  const path = join(dir, 'picture');
  await writeFile(path, 'picture');
  const { signal } = new AbortController();
  const provider = rembgProvider(`${peer.url}/?model=birefnet-general&ppm=true`);
  await provider.cutOut({ path, mediaType: 'image/jpeg', sizeBytes: 7, widthPx: 9, heightPx: 9, dir, signal });
  assert.deepEqual([peer.form?.get('model'), peer.form?.get('ppm')], ['birefnet-general', 'true']);
  assert.deepEqual(peer.requests, ['POST /api/remove']);
});
