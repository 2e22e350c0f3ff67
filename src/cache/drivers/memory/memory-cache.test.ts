import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testCache } from '../../cache.contract.ts';
import { memoryCache } from './memory-cache.ts';

testCache('memory', async () => ({
  engine: 'one process',
  open: async (options) => memoryCache(options),
  close: async () => {},
}));

test('what was asked for longest ago goes first', async () => {
  const cache = memoryCache({ ttlMs: 60_000, maxBytes: 100 });
  for (let at = 0; at < 10; at += 1) await cache.set(`key ${at}`, Buffer.alloc(10));
  await cache.get('key 0');
  await cache.set('one more', Buffer.alloc(10));
  assert.equal(await cache.get('key 1'), undefined);
  assert.ok(await cache.get('key 0'));
});
